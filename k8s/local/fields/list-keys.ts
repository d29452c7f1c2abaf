/** Lists merged by key, as Kubernetes declares them; `<type>.<field>`. Lists in neither table are owned whole. */
export const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  "V1ObjectMeta.ownerReferences": ["uid"],
  "V1PodSpec.containers": ["name"],
  "V1PodSpec.initContainers": ["name"],
  "V1PodSpec.ephemeralContainers": ["name"],
  "V1PodSpec.volumes": ["name"],
  "V1PodSpec.imagePullSecrets": ["name"],
  "V1PodSpec.hostAliases": ["ip"],
  "V1PodSpec.topologySpreadConstraints": ["topologyKey", "whenUnsatisfiable"],
  "V1PodSpec.resourceClaims": ["name"],
  "V1PodSpec.schedulingGates": ["name"],
  "V1Container.env": ["name"],
  "V1Container.ports": ["containerPort", "protocol"],
  "V1Container.volumeMounts": ["mountPath"],
  "V1Container.volumeDevices": ["devicePath"],
  "V1ResourceRequirements.claims": ["name"],
  "V1ServiceSpec.ports": ["port", "protocol"],
  "V1ServiceAccount.secrets": ["name"],
  "V1ServiceStatus.conditions": ["type"],
  "V1DeploymentStatus.conditions": ["type"],
  "V1ReplicaSetStatus.conditions": ["type"],
  "V1PodStatus.conditions": ["type"],
  "V1PodStatus.podIPs": ["ip"],
  "V1PodStatus.hostIPs": ["ip"],
  "V1NodeStatus.conditions": ["type"],
  "V1NodeStatus.addresses": ["type"],
  "V1NamespaceStatus.conditions": ["type"],
  "V1PersistentVolumeClaimStatus.conditions": ["type"],
  "V1PodDisruptionBudgetStatus.conditions": ["type"],
  "V2HorizontalPodAutoscalerStatus.conditions": ["type"],
};

/** Lists of scalars whose elements are owned one by one. */
export const SETS: ReadonlySet<string> = new Set([
  "V1ObjectMeta.finalizers",
  "V1NamespaceSpec.finalizers",
  "V1NodeSpec.podCIDRs",
  "V1LoadBalancerIngress.ports",
]);

/** Structs (by type) and maps (by place) that are owned whole. */
export const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  "V1LabelSelector",
  "V1SecretKeySelector",
  "V1ConfigMapKeySelector",
  "V1ObjectFieldSelector",
  "V1ResourceFieldSelector",
  "V1LocalObjectReference",
  "V1ObjectReference",
  "V1OwnerReference",
  "V1TypedLocalObjectReference",
  "V1SecretReference",
  "V1NodeSelector",
  "V1NodeSelectorTerm",
  "V1RoleRef",
  "V1EndpointConditions",
  "V1ServiceSpec.selector",
  "V1PodSpec.nodeSelector",
]);

/** Keys a client may leave out, with what the API then takes. */
export const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: "TCP" };
