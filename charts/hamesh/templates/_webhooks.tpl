{{- /* The path of a living webhook configuration where the operator made it unguessable, else the plain one. */}}
{{- define "hamesh.webhookPath" -}}
{{- $path := .plain -}}
{{- range (lookup "admissionregistration.k8s.io/v1" .kind "" "hamesh").webhooks -}}
{{- $living := dig "clientConfig" "service" "path" "" . -}}
{{- if regexMatch (printf "^/[0-9a-f]{32}%s$" $.plain) $living -}}
{{- $path = $living -}}
{{- end -}}
{{- end -}}
{{- $path -}}
{{- end }}
