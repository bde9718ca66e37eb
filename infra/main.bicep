// The platform in a resource group of its own: `azd up`.

targetScope = 'subscription'

import { keys } from 'modules/vault.bicep'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; the resource group and the names of all resources follow from it.')
param environmentName string

@minLength(1)
param location string

@description('Who deploys, for access to the keys; empty gives nobody any.')
param principalId string = ''

@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
@description('What workers run on. A GPU needs a quota in the region, and a worker built with TorchBackend=cuda.')
param workerProfile string = 'Consumption-GPU-NC8as-T4'

@minValue(1)
@maxValue(30)
param maxWorkers int = 1

@minValue(0)
@maxValue(30)
@description('0 costs nothing between requests, but lets the first of them wait for a start.')
param minInferenceReplicas int = 0

@minValue(1)
@maxValue(300)
param maxInferenceReplicas int = 4

@description('The registered model whose champion is served.')
param model string = 'chest-xray'

@description('Whether the stores are reached through a virtual network alone. azd then has to run inside it once the vault is there.')
param privateNetwork bool = false

@description('Issuer of the tokens that people sign in with, such as https://login.microsoftonline.com/TENANT/v2.0; empty: API keys alone.')
param oidcAuthority string = ''
param oidcAudience string = ''

param controlPlaneExists bool = false
param workerExists bool = false
param inferenceExists bool = false
param migrateExists bool = false

@description('Drawn by azd; those of a vault that has them stay.')
param secrets keys

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var signIn = empty(oidcAuthority)
  ? []
  : [
      { name: 'Authentication__Oidc__Authority', value: oidcAuthority }
      { name: 'Authentication__Oidc__Audience', value: oidcAudience }
    ]

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: { location: location, tags: tags, token: token }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: { location: location, tags: tags, token: token }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: { location: location, tags: tags, token: token }
}

module images 'modules/container-registry.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    readers: [
      identities.outputs.controlPlane
      identities.outputs.worker
      identities.outputs.inference
      identities.outputs.migrate
    ]
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPrivate: privateNetwork
    network: privateNetwork ? network!.outputs.places : null
    writers: [identities.outputs.controlPlane, identities.outputs.worker]
  }
}

module database 'modules/database.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPrivate: privateNetwork
    network: privateNetwork ? network!.outputs.places : null
    users: [identities.outputs.controlPlane, identities.outputs.worker, identities.outputs.migrate]
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPrivate: privateNetwork
    network: privateNetwork ? network!.outputs.places : null
    controlPlane: identities.outputs.controlPlane
    worker: identities.outputs.worker
    inference: identities.outputs.inference
    deployerId: principalId
    values: secrets
  }
}

module environment 'modules/environment.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    isPrivate: privateNetwork
    network: privateNetwork ? network!.outputs.places : null
    workspaceId: monitoring.outputs.workspaceId
    workerProfile: workerProfile
  }
}

module migration 'modules/migration.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    exists: migrateExists
    user: identities.outputs.migrate
    environmentId: environment.outputs.id
    registry: images.outputs.endpoint
    telemetry: monitoring.outputs.connection
    database: database.outputs.connection
    blobs: storage.outputs.connection
  }
}

module controlPlane 'modules/control-plane.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    exists: controlPlaneExists
    user: identities.outputs.controlPlane
    environmentId: environment.outputs.id
    registry: images.outputs.endpoint
    vaultUri: vault.outputs.uri
    telemetry: monitoring.outputs.connection
    database: database.outputs.connection
    blobs: storage.outputs.connection
    signIn: signIn
  }
}

module worker 'modules/worker.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    exists: workerExists
    user: identities.outputs.worker
    environmentId: environment.outputs.id
    profile: workerProfile
    registry: images.outputs.endpoint
    vaultUri: vault.outputs.uri
    telemetry: monitoring.outputs.connection
    database: database.outputs.connection
    blobs: storage.outputs.connection
    controlPlane: controlPlane.outputs.address
    maxReplicas: maxWorkers
  }
}

module inference 'modules/inference.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    exists: inferenceExists
    user: identities.outputs.inference
    environmentId: environment.outputs.id
    registry: images.outputs.endpoint
    vaultUri: vault.outputs.uri
    telemetry: monitoring.outputs.connection
    controlPlane: controlPlane.outputs.address
    model: model
    minReplicas: minInferenceReplicas
    maxReplicas: maxInferenceReplicas
    signIn: signIn
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = images.outputs.endpoint
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output MIGRATE_JOB string = migration.outputs.name
output SERVICE_CONTROLPLANE_URI string = controlPlane.outputs.address
output SERVICE_INFERENCE_URI string = inference.outputs.address
