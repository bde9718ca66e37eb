// The secrets that cannot be done without: the keys by which callers and hosts are known, and the one that patient numbers are turned into pseudonyms with.

import { identity, privateNetwork, roles, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string
param isPrivate bool

@description('Needed where isPrivate.')
param network privateNetwork?

param controlPlane identity
param worker identity
param inference identity

@description('Who deploys, if anybody: azd looks for the secrets before it draws new ones, and its smoke test needs two of the keys.')
param deployerId string

param values keys

@export()
@secure()
@description('A key of each caller that is no person, and the secret of pseudonyms.')
type keys = {
  @minLength(24)
  admin: string
  @minLength(24)
  caller: string
  @minLength(24)
  inference: string
  @minLength(24)
  scaler: string
  @minLength(24)
  pseudonym: string
}

var names = ['admin-key', 'caller-key', 'inference-key', 'scaler-key', 'pseudonym-secret']
var readers = [
  { secret: 0, identity: controlPlane }
  { secret: 2, identity: controlPlane }
  { secret: 3, identity: controlPlane }
  { secret: 4, identity: controlPlane }
  { secret: 1, identity: inference }
  { secret: 2, identity: inference }
  { secret: 3, identity: worker }
]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

// Written once: a deployment neither changes a key behind its users' backs nor, ever, the secret of pseudonyms.
@onlyIfNotExists()
resource secrets 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for (name, i) in names: {
    parent: vault
    name: name
    properties: {
      value: [values.admin, values.caller, values.inference, values.scaler, values.pseudonym][i]
    }
  }
]

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in readers: {
    name: guid(secrets[reader.secret].id, reader.identity.id, roles.keyVaultSecretsUser)
    scope: secrets[reader.secret]
    properties: {
      principalId: reader.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    }
  }
]

resource deploy 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerId)) {
  name: guid(vault.id, deployerId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: deployerId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    location: location
    tags: tags
    name: 'pe-vault-${token}'
    subnetId: network!.endpointsSubnetId
    serviceId: vault.id
    part: 'vault'
    zoneId: network!.vaultZoneId
  }
}

output name string = vault.name
output uri string = vault.properties.vaultUri
