const labels = '{{- include "chart.labels" . | nindent 4 }}'

function object(apiVersion: string, kind: string, body: string): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: {{ include "chart.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    ${labels}
${body}`
}

/** A chart of the usual size: a web application with its service, ingress, account and scaling. */
export const benchChart: Readonly<Record<string, string>> = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\nappVersion: "1.16.0"\n',
  'chart/values.yaml': `replicaCount: 1
image: {repository: nginx, tag: "", pullPolicy: IfNotPresent}
service: {type: ClusterIP, port: 80}
ingress: {enabled: true, hosts: [{host: chart.local, paths: [{path: /, pathType: Prefix}]}]}
resources: {limits: {cpu: 100m, memory: 128Mi}, requests: {cpu: 10m, memory: 64Mi}}
autoscaling: {enabled: true, minReplicas: 1, maxReplicas: 100, target: 80}
env: {A: one, B: two, C: three}
`,
  'chart/templates/_helpers.tpl': `{{- define "chart.fullname" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "chart.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "chart.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- define "chart.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
`,
  'chart/templates/serviceaccount.yaml': object('v1', 'ServiceAccount', ''),
  'chart/templates/configmap.yaml': object(
    'v1',
    'ConfigMap',
    'data:\n  {{- toYaml .Values.env | nindent 2 }}\n',
  ),
  'chart/templates/service.yaml': object(
    'v1',
    'Service',
    `spec:
  type: {{ .Values.service.type }}
  ports: [{port: {{ .Values.service.port }}, targetPort: http, name: http}]
  selector:
    {{- include "chart.selector" . | nindent 4 }}
`,
  ),
  'chart/templates/ingress.yaml': `{{- if .Values.ingress.enabled }}
${object(
  'networking.k8s.io/v1',
  'Ingress',
  `spec:
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend: {service: {name: {{ include "chart.fullname" $ }}, port: {name: http}}}
          {{- end }}
    {{- end }}
`,
)}{{- end }}
`,
  'chart/templates/hpa.yaml': object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    `spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "chart.fullname" . }}}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
`,
  ),
  'chart/templates/deployment.yaml': object(
    'apps/v1',
    'Deployment',
    `spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "chart.selector" . | nindent 6 }}
  template:
    metadata:
      annotations:
        checksum/config: {{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}
      labels:
        {{- include "chart.labels" . | nindent 8 }}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports: [{name: http, containerPort: 80}]
          envFrom: [{configMapRef: {name: {{ include "chart.fullname" . }}}}]
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
`,
  ),
}
