{{/* Labels. None of them, and no annotation, may start with hamesh.io/: our own webhook would ask for such pods, and a
     cluster that starts from nothing has no webhook to answer. The same goes for containers called hamesh-*. */}}
{{- define "hamesh.labels" -}}
{{ include "hamesh.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "hamesh.selector" -}}
app.kubernetes.io/name: hamesh
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "hamesh.image" -}}
{{ printf "%s:%s" .image.repository (.image.tag | default .root.Chart.AppVersion) | quote }}
{{- end }}

{{/* Where pods and the operator reach Consul; refuses values that leave it open. */}}
{{- define "hamesh.consulAddress" -}}
{{- $consul := .Values.consul -}}
{{- if and $consul.embedded.enabled $consul.address -}}
{{- fail "consul.embedded.enabled is true and consul.address is set: choose one. Remove consul.address to try HAmesh with its own Consul, or set consul.embedded.enabled=false to use yours." -}}
{{- else if $consul.embedded.enabled -}}
{{- printf "http://hamesh-consul.%s:8500" .Release.Namespace -}}
{{- else if $consul.address -}}
{{- $consul.address -}}
{{- else -}}
{{- fail "no Consul: set consul.address to yours (for example --set consul.address=http://consul.example.org:8500), or consul.embedded.enabled=true to try HAmesh with a Consul of its own." -}}
{{- end -}}
{{- end }}

{{/* What Pod Security "restricted" asks of a container, and a read-only root besides. */}}
{{- define "hamesh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
