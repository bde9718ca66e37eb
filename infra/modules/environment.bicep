// Where the containers run: paid by the second, without machines of our own, and with a GPU for as long as a worker needs one.

import { privateNetwork, tags as tagSet } from 'shared.bicep'

param location string
param tags tagSet
@minLength(13)
@maxLength(13)
param token string
param isPrivate bool

@description('Needed where isPrivate.')
param network privateNetwork?
param workspaceId string

@description('What workers run on; Consumption is there anyway.')
param workerProfile string

resource environment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: isPrivate ? { infrastructureSubnetId: network!.appsSubnetId } : null
    workloadProfiles: concat(
      [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
      workerProfile == 'Consumption' ? [] : [{ name: 'gpu', workloadProfileType: workerProfile }]
    )
  }
}

// As a diagnostic setting, so that no key of the workspace is needed.
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: environment
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

output id string = environment.id
