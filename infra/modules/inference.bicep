// The endpoint that downstream apps call. It knows the control plane's address and nothing else: no database, no blobs, and no role on either.

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
param controlPlane string
param model string
param minReplicas int
param maxReplicas int
param signIn setting[]

module app 'container-app.bicep' = {
  params: {
    location: location
    tags: tags
    name: 'inference'
    exists: exists
    user: user
    environmentId: environmentId
    workloadProfile: 'Consumption'
    registry: registry
    vaultUri: vaultUri
    telemetry: telemetry
    secrets: ['caller-key', 'inference-key']
    settings: concat(signIn, [
      { name: 'ControlPlane__Url', value: controlPlane }
      { name: 'ControlPlane__ApiKey', secretRef: 'inference-key' }
      { name: 'Inference__Model', value: model }
      { name: 'Authentication__Keys__caller__Secret', secretRef: 'caller-key' }
      { name: 'Authentication__Keys__caller__Role', value: 'caller' }
    ])
    cpu: '2.0'
    memory: '4Gi'
    minReplicas: minReplicas
    maxReplicas: maxReplicas
    // Two cores score two films at a time and others wait in their queue, half a second at most: past that many at once, another replica is of more use.
    scaleRules: [
      { name: 'requests-at-once', http: { metadata: { concurrentRequests: '16' } } }
    ]
    ingress: {
      external: true
      targetPort: 8080
      transport: 'http'
      allowInsecure: false
      // gRPC in clear has a port of its own, inside the environment only.
      additionalPortMappings: [{ external: false, targetPort: 8081, exposedPort: 8081 }]
    }
  }
}

output address string = app.outputs.address
