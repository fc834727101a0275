#!/bin/bash
# First process of the node's own network, mount and PID namespaces: sets them up, then starts the components and keeps
# them running. When it ends, the kernel ends everything that lives here.
# Usage: node.sh STATE CACHE KUBECTL NODE_ADDRESS VETH_ADDRESS HOST_ADDRESS VETH_NAME
set -euo pipefail
state=$1 cache=$2 kubectl=$3 node_address=$4 veth_address=$5 host_address=$6 veth=$7

set_up_mounts() {
  mount --make-rprivate /
  # What kubelet, containerd and CNI leave in fixed folders stays in memory here. The cache may lie below one of them.
  mount -t tmpfs tmpfs /run
  mkdir -p /run/keep /run/cgroup /run/over
  mount --bind "$cache" /run/keep
  local folder
  for folder in /var/lib /var/log /opt; do
    [ -d "$folder" ] || continue
    mkdir -p "/run/over$folder/upper" "/run/over$folder/work"
    mount -t overlay -o "lowerdir=$folder,upperdir=/run/over$folder/upper,workdir=/run/over$folder/work" overlay "$folder"
  done
  mountpoint -q "$cache" || mount --bind /run/keep "$cache"
  umount /run/keep
  # /sys has to show this network namespace, and still hold the cgroups.
  mount --rbind /sys/fs/cgroup /run/cgroup
  mount -t sysfs sysfs /sys
  mount --rbind /run/cgroup /sys/fs/cgroup
  umount -l /run/cgroup
}

set_up_cgroups() { # the kubelet's own root in each v1 controller, or in v2: it refuses to start without
  local controller
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p /sys/fs/cgroup/hamesh
    return
  fi
  for controller in /sys/fs/cgroup/*/; do
    [ -w "$controller/cgroup.procs" ] || continue
    mkdir -p "$controller/hamesh"
    if [ -f "$controller/cpuset.cpus" ]; then
      cat "$controller/cpuset.cpus" >"$controller/hamesh/cpuset.cpus"
      cat "$controller/cpuset.mems" >"$controller/hamesh/cpuset.mems"
    fi
  done
}

set_up_network() {
  ip link set lo up
  until ip link show "$veth" >/dev/null 2>&1; do sleep 0.05; done # the host moves it in here
  ip addr add "$veth_address" dev "$veth"
  ip link set "$veth" up
  ip route add default via "$host_address"
  # The node's address, which pods can reach: on a bridge, as not every kernel has dummy devices.
  ip link add node0 type bridge
  ip addr add "$node_address/32" dev node0
  ip link set node0 up
  echo 1 >/proc/sys/net/ipv4/ip_forward
  [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter || true
  if ! echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; then
    echo "the kernel module br_netfilter is missing: Services would not work between pods of one node" >&2
    exit 1
  fi
}

supervise() { # SCRIPT: keeps it running; run/NAME tells since when, or when and how it ended
  local name=${1##*/} status
  while :; do
    echo "running $(date +%s)" >"$state/run/$name"
    status=0
    bash "$1" >>"$state/log/$name.log" 2>&1 || status=$?
    echo "ended $(date +%s) $status" >>"$state/run/$name.ends"
    echo "ended $(date +%s) $status" >"$state/run/$name"
    sleep 0.5
  done
}

forget_containers() { # of the cluster before this one: its pods would come back as unknown ones
  local ctr=(ctr --address /run/hamesh-containerd/containerd.sock --namespace k8s.io) old
  until "${ctr[@]}" version >/dev/null 2>&1; do sleep 0.1; done
  old=$("${ctr[@]}" containers ls --quiet)
  [ -n "$old" ] || return 0
  # shellcheck disable=SC2086 # ids: words, not lines
  "${ctr[@]}" containers rm $old
  pkill -x containerd # the supervisor starts it again; only this PID namespace is seen
  sleep 0.2
  until "${ctr[@]}" version >/dev/null 2>&1; do sleep 0.1; done
}

set_up_mounts
set_up_cgroups
set_up_network
for script in "$state"/components/first/*; do supervise "$script" & done
forget_containers
touch "$state/run/images-ready"
until "$kubectl" --kubeconfig "$state/config/admin.kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done
for script in "$state"/components/with-api/*; do supervise "$script" & done
touch "$state/run/started"
while :; do wait -n || sleep 1; done
