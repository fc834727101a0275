{{/* One server keeps everything but HTTP on loopback. A sidecar holds a blocking query for each thing that it watches, hence
     the higher limit. */}}
{{- define "hamesh.consulConfig" -}}
{{- $config := dict
      "server" true
      "bootstrap_expect" (int .Values.consul.embedded.servers)
      "data_dir" "/consul/data"
      "client_addr" "0.0.0.0"
      "ports" (dict "http" 8500 "dns" -1 "grpc" -1 "grpc_tls" -1 "serf_wan" -1)
      "connect" (dict "enabled" true)
      "default_intention_policy" "deny"
      "ui_config" (dict "enabled" true)
      "limits" (dict "http_max_conns_per_client" 2000)
      "performance" (dict "raft_multiplier" 1)
      "disable_update_check" true -}}
{{- if eq (int .Values.consul.embedded.servers) 1 -}}
{{- $config = merge $config (dict "node_name" "hamesh-consul" "bind_addr" "127.0.0.1") -}}
{{- else -}}
{{- $config = merge $config (dict
      "retry_join" (list "hamesh-consul-servers")
      "retry_interval" "1s"
      "leave_on_terminate" true
      "autopilot" (dict "min_quorum" 2)) -}}
{{- end -}}
{{- $config | toPrettyJson -}}
{{- end }}

{{/* "true" or "false". Settled at installation, because a StatefulSet cannot gain or lose volumes: later, and only there,
     "auto" is what the release has. Without a cluster to look at (`helm template`), "auto" is "false". */}}
{{- define "hamesh.consulHasVolumes" -}}
{{- $storage := .Values.consul.embedded.storage -}}
{{- $living := lookup "apps/v1" "StatefulSet" .Release.Namespace "hamesh-consul" -}}
{{- if ne (toString $storage.enabled) "auto" -}}
{{- $storage.enabled -}}
{{- else if $living -}}
{{- not (empty $living.spec.volumeClaimTemplates) -}}
{{- else if $storage.storageClass -}}
true
{{- else -}}
{{- $default := false -}}
{{- range (lookup "storage.k8s.io/v1" "StorageClass" "" "").items -}}
{{- if eq "true" (get (default dict .metadata.annotations) "storageclass.kubernetes.io/is-default-class") -}}
{{- $default = true -}}
{{- end -}}
{{- end -}}
{{- $default -}}
{{- end -}}
{{- end }}

{{/* Refuses what a living StatefulSet cannot follow, before anything else of an upgrade has happened. */}}
{{- define "hamesh.consulAsSettled" -}}
{{- $embedded := .Values.consul.embedded -}}
{{- $living := lookup "apps/v1" "StatefulSet" .Release.Namespace "hamesh-consul" -}}
{{- if $living -}}
{{- $servers := ternary 3 1 (eq (toString $living.spec.podManagementPolicy) "Parallel") -}}
{{- $volume := first (default (list dict) $living.spec.volumeClaimTemplates) -}}
{{- $settled := printf "cannot change while Consul runs here. Keep the value, or uninstall and install anew" -}}
{{- if ne $servers (int $embedded.servers) -}}
{{- fail (printf "consul.embedded.servers: %d, but it was installed with %d, which %s." (int $embedded.servers) $servers $settled) -}}
{{- end -}}
{{- if ne (include "hamesh.consulHasVolumes" .) (toString (not (empty $volume))) -}}
{{- fail (printf "consul.embedded.storage.enabled: %v, but it was installed with %t, which %s." $embedded.storage.enabled (not (empty $volume)) $settled) -}}
{{- end -}}
{{- if $volume -}}
{{- $size := $volume.spec.resources.requests.storage -}}
{{- if ne $size $embedded.storage.size -}}
{{- fail (printf "consul.embedded.storage.size: %s, but it was installed with %s, which %s." $embedded.storage.size $size $settled) -}}
{{- end -}}
{{- $class := default "" $volume.spec.storageClassName -}}
{{- if ne $class $embedded.storage.storageClass -}}
{{- fail (printf "consul.embedded.storage.storageClass: %q, but it was installed with %q, which %s." $embedded.storage.storageClass $class $settled) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
