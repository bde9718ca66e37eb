// What all three hosts have in common as container apps: their identity, the probes, and the one folder that they write to.

import { identity, tags as tagSet } from 'shared.bicep'

@export()
@description('A setting of a host, in clear or by the name of a secret.')
type setting = { name: string, value: string?, secretRef: string? }

param location string
param tags tagSet

@description('Of the service in azure.yaml.')
param name string
param exists bool
param user identity
param environmentId string
param workloadProfile string
param registry string
param vaultUri string
param telemetry string

@description('Names of secrets in the vault, which the identity may read.')
param secrets string[] = []
param settings setting[] = []
param cpu string
param memory string
param minReplicas int
param maxReplicas int

@description('Rules by which replicas come and go; none keeps minReplicas.')
param scaleRules resourceInput<'Microsoft.App/containerApps@2025-01-01'>.properties.template.scale.rules = []

@description('Seconds that a replica has to put its work down.')
@minValue(1)
@maxValue(600)
param graceSeconds int = 30

@description('Null for a host that nobody calls.')
param ingress resourceInput<'Microsoft.App/containerApps@2025-01-01'>.properties.configuration.ingress?

module current 'current-image.bicep' = {
  params: { name: name, exists: exists }
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': name })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${user.id}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: workloadProfile
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: ingress
      registries: [{ server: registry, identity: user.id }]
      secrets: [for secret in secrets: { name: secret, keyVaultUrl: '${vaultUri}secrets/${secret}', identity: user.id }]
    }
    template: {
      terminationGracePeriodSeconds: graceSeconds
      containers: [
        {
          name: name
          image: current.outputs.image
          resources: { cpu: json(cpu), memory: memory }
          env: concat(
            [
              { name: 'AZURE_CLIENT_ID', value: user.clientId }
              { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetry }
            ],
            settings
          )
          volumeMounts: [{ volumeName: 'scratch', mountPath: '/tmp' }]
          probes: [
            // Two minutes for a first start: the database is waited for, a worker looks for its devices.
            { type: 'Startup', httpGet: { path: '/alive', port: 8080 }, periodSeconds: 3, timeoutSeconds: 3, failureThreshold: 40 }
            { type: 'Liveness', httpGet: { path: '/alive', port: 8080 }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
            // Its checks have five seconds each for a store that does not answer.
            { type: 'Readiness', httpGet: { path: '/health', port: 8080 }, periodSeconds: 10, timeoutSeconds: 12, failureThreshold: 3 }
          ]
        }
      ]
      scale: { minReplicas: minReplicas, maxReplicas: maxReplicas, rules: scaleRules }
      // Container Apps has no read-only root file system; all that a host writes goes here nevertheless, and with the replica.
      volumes: [{ name: 'scratch', storageType: 'EmptyDir' }]
    }
  }
}

output address string = ingress == null ? '' : 'https://${app.properties.configuration.ingress!.fqdn}'
