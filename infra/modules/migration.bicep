// Brings the database up to date and ends. azd starts it when its image is deployed (hooks/migrate.sh), before the other hosts are.

import { identity, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
param exists bool
param user identity
param environmentId string
param registry string
param telemetry string
param database string
param blobs string

module current 'current-image.bicep' = {
  params: { name: 'migrate', exists: exists, isJob: true }
}

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'migrate'
  location: location
  tags: union(tags, { 'azd-service-name': 'migrate' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${user.id}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      replicaRetryLimit: 2
      replicaTimeout: 1800
      registries: [{ server: registry, identity: user.id }]
    }
    template: {
      containers: [
        {
          name: 'migrate'
          image: current.outputs.image
          args: ['migrate']
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'AZURE_CLIENT_ID', value: user.clientId }
            { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: telemetry }
            { name: 'ConnectionStrings__registry', value: '${database};Username=${user.name}' }
            { name: 'ConnectionStrings__blobs', value: blobs }
          ]
          volumeMounts: [{ volumeName: 'scratch', mountPath: '/tmp' }]
        }
      ]
      volumes: [{ name: 'scratch', storageType: 'EmptyDir' }]
    }
  }
}

output name string = job.name
