// The private option: the apps in a subnet of their own, and the stores reached through private endpoints alone.

import { privateNetwork, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string

var zones = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.postgres.database.azure.com'
  'privatelink.vaultcore.azure.net'
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.40.0.0/16'] }
  }

  resource apps 'subnets' = {
    name: 'apps'
    properties: {
      addressPrefix: '10.40.0.0/23'
      delegations: [
        { name: 'container-apps', properties: { serviceName: 'Microsoft.App/environments' } }
      ]
    }
  }

  resource endpoints 'subnets' = {
    name: 'endpoints'
    properties: {
      addressPrefix: '10.40.4.0/24'
      privateEndpointNetworkPolicies: 'Enabled'
    }
    dependsOn: [apps] // a network takes one change at a time
  }
}

resource dns 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zones: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, i) in zones: {
    parent: dns[i]
    name: network.name
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

output places privateNetwork = {
  appsSubnetId: network::apps.id
  endpointsSubnetId: network::endpoints.id
  blobZoneId: dns[0].id
  postgresZoneId: dns[1].id
  vaultZoneId: dns[2].id
}
