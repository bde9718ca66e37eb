// Where azd pushes the images and the hosts pull them. No administrator's password: pulling is a role.

import { identity, roles, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string

@description('Who may pull.')
param readers identity[]

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in readers: {
    name: guid(registry.id, reader.id, roles.acrPull)
    scope: registry
    properties: {
      principalId: reader.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
    }
  }
]

output endpoint string = registry.properties.loginServer
