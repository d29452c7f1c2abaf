/** What Kubernetes' Pod Security profile "restricted" (v1.36) refuses in a pod's spec, field by field; empty: admitted. */
type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);

const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];
const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];
const SECCOMP = ["RuntimeDefault", "Localhost"];

function ofPod(spec: Fields): string[] {
  const security = fields(spec.securityContext);
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true),
    ...list(spec.volumes).flatMap(({ name, ...volume }) =>
      Object.keys(volume)
        .filter((type) => !VOLUMES.includes(type))
        .map((type) => `volume ${name} is a ${type}`),
    ),
    ...list(security.sysctls)
      .filter(({ name }) => !SYSCTLS.includes(String(name)))
      .map(({ name }) => `sysctl ${name}`),
    ...seLinux(security, "pod"),
    ...(security.runAsUser === 0 ? ["pod: runAsUser 0"] : []),
  ];
}

const seLinux = (security: Fields, where: string): string[] => {
  const { type = "", user = "", role = "" } = fields(security.seLinuxOptions) as Record<string, string>;
  return SELINUX_TYPES.includes(type) && user === "" && role === "" ? [] : [`${where}: seLinuxOptions`];
};

function ofContainer(container: Fields, pod: Fields): string[] {
  const name = String(container.name);
  const own = fields(container.securityContext);
  const capabilities = fields(own.capabilities) as { add?: string[]; drop?: string[] };
  const seccomp = fields(own.seccompProfile ?? pod.seccompProfile).type;
  const wrong = (is: boolean, what: string) => (is ? [`${name}: ${what}`] : []);
  return [
    ...wrong(own.privileged === true, "privileged"),
    ...wrong(own.allowPrivilegeEscalation !== false, "allowPrivilegeEscalation is not false"),
    ...wrong((own.runAsNonRoot ?? pod.runAsNonRoot) !== true, "runAsNonRoot is not true"),
    ...wrong(own.runAsUser === 0, "runAsUser 0"),
    ...wrong(capabilities.drop?.includes("ALL") !== true, "does not drop ALL capabilities"),
    ...wrong(capabilities.add?.some((one) => one !== "NET_BIND_SERVICE") === true, "adds capabilities"),
    ...wrong(!SECCOMP.includes(String(seccomp)), "has no seccomp profile"),
    ...wrong(own.procMount !== undefined && own.procMount !== "Default", "procMount"),
    ...wrong(fields(own.windowsOptions).hostProcess === true, "hostProcess"),
    ...wrong(
      list(container.ports).some(({ hostPort }) => hostPort !== undefined && hostPort !== 0),
      "hostPort",
    ),
    ...wrong(fields(own.appArmorProfile).type === "Unconfined", "appArmor unconfined"),
    ...seLinux(own, name),
    ...probesOf(container)
      .filter(({ host }) => host !== undefined && host !== "")
      .map(() => `${name}: a probe names a host`),
  ];
}

const probesOf = (container: Fields): Fields[] =>
  ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) => {
    const { httpGet, tcpSocket } = fields(container[probe]);
    return [fields(httpGet), fields(tcpSocket)];
  });

export function refusedByRestricted(spec: unknown): string[] {
  const pod = fields(spec);
  const security = fields(pod.securityContext);
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap((name) => list(pod[name]));
  return [...ofPod(pod), ...containers.flatMap((container) => ofContainer(container, security))];
}
