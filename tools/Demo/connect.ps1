# Connects to the running lab: dot-source it at a prompt inside the lab's outside network.
$state = if ($env:GRAVITYNET_LAB_STATE) { $env:GRAVITYNET_LAB_STATE } else { '/run/gravitynet-lab' }
$lab = Get-Content (Join-Path $state 'status.json') -Raw | ConvertFrom-Json
# by name: an array has a method Address of its own
$nodes = $lab.nodes | ForEach-Object { $_.address }
Connect-GravityCluster $nodes -User $lab.user -KeyFile $lab.keyFile -KnownHostsFile $lab.knownHosts -Etcd $lab.etcd -KubeConfig $lab.kubeConfig
