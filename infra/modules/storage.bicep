// Films, manifests, models and checkpoints: one container of blobs named by their digests. No key opens it, only an identity with the role.

import { identity, privateNetwork, roles, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string
param isPrivate bool

@description('Needed where isPrivate.')
param network privateNetwork?

@description('Who may read and write blobs.')
param writers identity[]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'st${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }

    resource container 'containers' = {
      name: 'xraymlops'
    }
  }
}

resource write 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for writer in writers: {
    name: guid(account.id, writer.id, roles.storageBlobDataContributor)
    scope: account::blobs::container
    properties: {
      principalId: writer.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
    }
  }
]

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    location: location
    tags: tags
    name: 'pe-blob-${token}'
    subnetId: network!.endpointsSubnetId
    serviceId: account.id
    part: 'blob'
    zoneId: network!.blobZoneId
  }
}

@description('ConnectionStrings__blobs: the address of the container.')
output connection string = '${account.properties.primaryEndpoints.blob}${account::blobs::container.name}'
