// The registry's HTTP API, the schedules and the pages. The one host that is always there: a schedule fires by its clock.

import { identity, tags as tagSet } from 'shared.bicep'
import { setting } from 'container-app.bicep'

param location string
param tags tagSet
param exists bool
param user identity
param environmentId string
param registry string
param vaultUri string
param telemetry string
param database string
param blobs string
param signIn setting[]

module app 'container-app.bicep' = {
  params: {
    location: location
    tags: tags
    name: 'controlplane'
    exists: exists
    user: user
    environmentId: environmentId
    workloadProfile: 'Consumption'
    registry: registry
    vaultUri: vaultUri
    telemetry: telemetry
    secrets: ['admin-key', 'inference-key', 'scaler-key', 'pseudonym-secret']
    settings: concat(signIn, [
      { name: 'ConnectionStrings__registry', value: '${database};Username=${user.name}' }
      { name: 'ConnectionStrings__blobs', value: blobs }
      { name: 'ControlPlane__PseudonymSecret', secretRef: 'pseudonym-secret' }
      { name: 'Authentication__Keys__admin__Secret', secretRef: 'admin-key' }
      { name: 'Authentication__Keys__admin__Role', value: 'admin' }
      { name: 'Authentication__Keys__inference__Secret', secretRef: 'inference-key' }
      { name: 'Authentication__Keys__inference__Role', value: 'service' }
      { name: 'Authentication__Keys__scaler__Secret', secretRef: 'scaler-key' }
      { name: 'Authentication__Keys__scaler__Role', value: 'viewer' }
    ])
    cpu: '1.0'
    memory: '2Gi'
    minReplicas: 1
    maxReplicas: 1 // films of a push wait decoded in the replica that they came to
    ingress: { external: true, targetPort: 8080, transport: 'http', allowInsecure: false }
  }
}

output address string = app.outputs.address
