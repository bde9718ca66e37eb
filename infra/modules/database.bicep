// The registry and the job queue. Whoever connects proves an identity of Entra ID: there is no password to leak, and none that would be taken.

import { identity, privateNetwork, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string
param isPrivate bool

@description('Needed where isPrivate.')
param network privateNetwork?

@description('Who may connect.')
param users identity[]

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-${token}'
  location: location
  tags: tags
  sku: { name: 'Standard_B1ms', tier: 'Burstable' }
  properties: {
    version: '17'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: 32, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 7, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'Disabled' }
    network: { publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled' }
  }

  resource database 'databases' = {
    name: 'xraymlops'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }
}

// The server takes one change at a time: each waits for the one before.
resource encryption 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'require_secure_transport'
  properties: { value: 'on', source: 'user-override' }
  dependsOn: [server::database]
}

resource protocol 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'ssl_min_protocol_version'
  properties: { value: 'TLSv1.2', source: 'user-override' }
  dependsOn: [encryption]
}

// Only administrators can be named from outside the database. They act as the role that all of them share (see the connection string), so that what
// one host creates is not out of the others' reach.
@batchSize(1)
resource administrators 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = [
  for user in users: {
    parent: server
    name: user.principalId
    properties: {
      principalName: user.name
      principalType: 'ServicePrincipal'
      tenantId: tenant().tenantId
    }
    dependsOn: [protocol]
  }
]

// Container Apps on Consumption have no fixed addresses: this rule lets anything inside Azure knock, which the private option does not.
resource azureOnly 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isPrivate) {
  parent: server
  name: 'azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  dependsOn: [administrators]
}

module endpoint 'private-endpoint.bicep' = if (isPrivate) {
  params: {
    location: location
    tags: tags
    name: 'pe-postgres-${token}'
    subnetId: network!.endpointsSubnetId
    serviceId: server.id
    part: 'postgresqlServer'
    zoneId: network!.postgresZoneId
  }
  dependsOn: [administrators]
}

@description('ConnectionStrings__registry, but for the user name, which is that of the host\'s identity.')
output connection string = 'Host=${server.properties.fullyQualifiedDomainName};Database=${server::database.name};SSL Mode=VerifyFull;Options=-c role=azure_pg_admin'
