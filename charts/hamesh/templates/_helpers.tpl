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

{{/* Who owns which name; refuses names that no service can have. A schema's refusal would not say why. */}}
{{- define "hamesh.services" -}}
{{- range $name, $owners := .Values.services -}}
{{- if hasSuffix "-sidecar-proxy" $name -}}
{{- fail (printf "services.%s: a service's name must not end in -sidecar-proxy, which Consul puts behind a name for its proxy. Take another name." $name) -}}
{{- end -}}
{{- end -}}
{{- .Values.services | toJson -}}
{{- end }}

{{/* What Pod Security "restricted" asks of a container, and a read-only root besides. */}}
{{- define "hamesh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The same of the pod, with the user of the operator's image. */}}
{{- define "hamesh.podSecurity" -}}
runAsNonRoot: true
runAsUser: 5995
runAsGroup: 5995
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* What `helm uninstall` leaves, and the one command that removes that too. In the notes, and said by the hook. */}}
{{- define "hamesh.partingWords" -}}
{{- $namespace := .Release.Namespace -}}
{{- if .Values.consul.embedded.enabled -}}
`helm uninstall` leaves the definition of ServiceIntentions with all that there are, and namespace {{ $namespace }} with
Consul's volumes if it has any. Consul itself goes: sidecars serve on with what they have until their certificates end,
72 hours after they were issued at the latest. To remove what is left, too:

  {{ include "hamesh.removeFromKubernetes" . }}
{{- else -}}
`helm uninstall` leaves the definition of ServiceIntentions with all that there are, namespace {{ $namespace }}, and what
HAmesh wrote to Consul at {{ include "hamesh.consulAddress" . }}: running pods live on it. Once none needs the mesh any more,
to remove what is left, too:

  {{ include "hamesh.removeFromConsul" . }} && {{ include "hamesh.removeFromKubernetes" . }}
{{- end -}}
{{- end }}

{{- define "hamesh.removeFromKubernetes" -}}
kubectl delete customresourcedefinition serviceintentions.hamesh.io && kubectl delete namespace {{ .Release.Namespace }}
{{- end }}

{{- define "hamesh.removeFromConsul" -}}
kubectl -n {{ .Release.Namespace }} run purge-hamesh --rm -i --restart=Never
{{- if ne .Values.image.pullPolicy "IfNotPresent" }} --image-pull-policy={{ .Values.image.pullPolicy }}{{ end }}
{{- " " }}--image={{ include "hamesh.image" (dict "root" . "image" .Values.image.operator) | trimAll "\"" -}}
{{- " " }}--env=HAMESH_CLUSTER_NAME={{ .Values.cluster.name }} --env=HAMESH_CONSUL_ADDRESS={{ include "hamesh.consulAddress" . -}}
{{- " " }}--override-type=strategic --overrides='{{ include "hamesh.purgeSecurity" . | fromYaml | toJson }}'
{{- " " }}-- purge --yes
{{- end }}

{{/* What `kubectl run` has no options for. The name is the pod's, and so its container's. */}}
{{- define "hamesh.purgeSecurity" -}}
spec:
  automountServiceAccountToken: false
  securityContext: {{- include "hamesh.podSecurity" . | nindent 4 }}
  containers:
    - name: purge-hamesh
      securityContext: {{- include "hamesh.containerSecurity" . | nindent 8 }}
{{- end }}

{{- define "hamesh.uninstallHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
