// What several modules name: an identity, a secret and where it is read from, and Azure's built-in roles.

@export()
@description('What every resource is tagged with; azd finds its own by azd-env-name and azd-service-name.')
type tags = { *: string }

@export()
@description('A user-assigned identity, by everything that others know it by.')
type identity = {
  id: string
  name: string
  @description('What the host names to Azure when it asks for a token (AZURE_CLIENT_ID).')
  clientId: string
  @description('What roles are assigned to.')
  principalId: string
}

@export()
@description('Where the private endpoints go, and the zones that their names are resolved in; null keeps the services public.')
type privateNetwork = {
  appsSubnetId: string
  endpointsSubnetId: string
  blobZoneId: string
  postgresZoneId: string
  vaultZoneId: string
}

@export()
var roles = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
}
