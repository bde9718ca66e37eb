// One identity a host: what a host may do is what is assigned to its own, and no host can act as another.

import { identity, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string

resource controlPlane 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-controlplane-${token}'
  location: location
  tags: tags
}

resource worker 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-worker-${token}'
  location: location
  tags: tags
}

resource inference 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-inference-${token}'
  location: location
  tags: tags
}

resource migrate 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-migrate-${token}'
  location: location
  tags: tags
}

output controlPlane identity = {
  id: controlPlane.id
  name: controlPlane.name
  clientId: controlPlane.properties.clientId
  principalId: controlPlane.properties.principalId
}

output worker identity = {
  id: worker.id
  name: worker.name
  clientId: worker.properties.clientId
  principalId: worker.properties.principalId
}

output inference identity = {
  id: inference.id
  name: inference.name
  clientId: inference.properties.clientId
  principalId: inference.properties.principalId
}

output migrate identity = {
  id: migrate.id
  name: migrate.name
  clientId: migrate.properties.clientId
  principalId: migrate.properties.principalId
}
