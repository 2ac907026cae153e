# The running lab: its nodes, and what leads to them and to the cluster's stores. Dot-source it.
$state = if ($env:GRAVITYNET_LAB_STATE) { $env:GRAVITYNET_LAB_STATE } else { '/run/gravitynet-lab' }
$lab = Get-Content (Join-Path $state 'status.json') -Raw | ConvertFrom-Json
# by name: an array has a method Address of its own
$nodes = $lab.nodes | ForEach-Object { $_.address }
$login = @{ User = $lab.user; KeyFile = $lab.keyFile; KnownHostsFile = $lab.knownHosts }
$stores = @{ Etcd = $lab.etcd; KubeConfig = $lab.kubeConfig }
