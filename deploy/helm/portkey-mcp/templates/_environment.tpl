{{/* The settings that the chart decides, each unless `settings` says otherwise. */}}
{{- define "portkey-mcp.settings" -}}
{{- $own := dict
  "MCP_DRAIN" (printf "%ds" (int .Values.drain.seconds))
  "MCP_DRAIN_NOTICE" (printf "%ds" (int .Values.drain.noticeSeconds))
  "PORTKEY_SECRETS" "mask" -}}
{{- with .Values.publicUrl }}{{ $_ := set $own "MCP_PUBLIC_URL" . }}{{ end -}}
{{- if .Values.configFile }}{{ $_ := set $own "PORTKEY_MCP_CONFIG" "/etc/portkey-mcp/config/portkey.toml" }}{{ end -}}
{{- if .Values.tokens.existingSecret }}
  {{- $_ := set $own "MCP_TOKENS" (printf "/etc/portkey-mcp/tokens/%s" .Values.tokens.key) }}
{{- end -}}
{{- if .Values.tls.existingSecret }}
  {{- $_ := set $own "MCP_TLS_CERT" "/etc/portkey-mcp/tls/tls.crt" }}
  {{- $_ := set $own "MCP_TLS_KEY" "/etc/portkey-mcp/tls/tls.key" }}
  {{- if .Values.tls.requireClientCertificate }}
    {{- $_ := set $own "MCP_TLS_CLIENT_CA" "/etc/portkey-mcp/tls/ca.crt" }}
  {{- end }}
{{- end -}}
{{- if and (include "portkey-mcp.isReplicated" .) (not .Values.sharedState.existingSecret) }}
  {{- $_ := set $own "MCP_SESSIONS" "off" }}
{{- end -}}
{{- range $name, $value := merge (dict) .Values.settings $own }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
- name: MCP_TRANSPORT
  value: http
- name: MCP_BIND
  value: 0.0.0.0
- name: MCP_PORT
  value: "3000"
{{- end -}}

{{/* Files that the server reads: the volume's name and what is in it. */}}
{{- define "portkey-mcp.volumes" -}}
{{- if .Values.configFile }}
- name: config
  configMap:
    name: {{ include "portkey-mcp.name" . }}
{{- end }}
{{- with .Values.tokens.existingSecret }}
- name: tokens
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.tls.existingSecret }}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/* The same, mounted: whole folders, since single files would not follow changes. */}}
{{- define "portkey-mcp.volumeMounts" -}}
{{- if .Values.configFile }}
- name: config
  mountPath: /etc/portkey-mcp/config
  readOnly: true
{{- end }}
{{- if .Values.tokens.existingSecret }}
- name: tokens
  mountPath: /etc/portkey-mcp/tokens
  readOnly: true
{{- end }}
{{- if .Values.tls.existingSecret }}
- name: tls
  mountPath: /etc/portkey-mcp/tls
  readOnly: true
{{- end }}
{{- end -}}
