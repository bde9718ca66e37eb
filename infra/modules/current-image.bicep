// The image that a service runs now, so that provisioning again does not put the placeholder in its place: azd deploys images after the infrastructure.

param name string

@description('Whether azd has deployed the service before.')
param exists bool
param isJob bool = false

resource app 'Microsoft.App/containerApps@2025-01-01' existing = if (exists && !isJob) {
  name: name
}

resource job 'Microsoft.App/jobs@2025-01-01' existing = if (exists && isJob) {
  name: name
}

var placeholder = 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest'

output image string = !exists
  ? placeholder
  : isJob ? job!.properties.template.containers[0].image : app!.properties.template.containers[0].image
