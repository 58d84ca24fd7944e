package module

import "strings"

// unitSections are the attributes of units that hold the sections of unit files, by how NixOS and home-manager call them, with
// the keys that systemd 258 knows in each (systemd.unit(5), systemd.exec(5), systemd.kill(5), systemd.resource-control(5) and the
// pages of the kinds).
var unitSections = map[string]*unitSection{}

type unitSection struct {
	keys []string
	has  map[string]bool
}

const unitSectionKeys = `Description Documentation Wants Requires Requisite BindsTo PartOf Upholds Conflicts Before After OnFailure OnSuccess
PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf RequiresMountsFor WantsMountsFor
OnSuccessJobMode OnFailureJobMode IgnoreOnIsolate StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate
DefaultDependencies SurviveFinalKillSignal CollectMode FailureAction SuccessAction FailureActionExitStatus SuccessActionExitStatus
JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument StartLimitIntervalSec StartLimitInterval StartLimitBurst
StartLimitAction RebootArgument SourcePath ConditionArchitecture ConditionFirmware ConditionVirtualization ConditionHost
ConditionKernelCommandLine ConditionKernelVersion ConditionVersion ConditionCredential ConditionEnvironment ConditionSecurity
ConditionCapability ConditionACPower ConditionNeedsUpdate ConditionFirstBoot ConditionPathExists ConditionPathExistsGlob
ConditionPathIsDirectory ConditionPathIsSymbolicLink ConditionPathIsMountPoint ConditionPathIsReadWrite ConditionPathIsEncrypted
ConditionDirectoryNotEmpty ConditionFileNotEmpty ConditionFileIsExecutable ConditionUser ConditionGroup ConditionControlGroupController
ConditionMemory ConditionCPUs ConditionCPUFeature ConditionOSRelease ConditionMemoryPressure ConditionCPUPressure ConditionIOPressure
ConditionKernelModuleLoaded AssertArchitecture AssertVirtualization AssertHost AssertKernelCommandLine AssertKernelVersion AssertCredential
AssertEnvironment AssertSecurity AssertCapability AssertACPower AssertNeedsUpdate AssertFirstBoot AssertPathExists AssertPathExistsGlob
AssertPathIsDirectory AssertPathIsSymbolicLink AssertPathIsMountPoint AssertPathIsReadWrite AssertPathIsEncrypted AssertDirectoryNotEmpty
AssertFileNotEmpty AssertFileIsExecutable AssertUser AssertGroup AssertControlGroupController AssertMemory AssertCPUs AssertCPUFeature
AssertOSRelease AssertMemoryPressure AssertCPUPressure AssertIOPressure`

const installKeys = `Alias WantedBy RequiredBy UpheldBy Also DefaultInstance`

const execKeys = `ExecSearchPath WorkingDirectory RootDirectory RootImage RootImageOptions RootEphemeral RootHash RootHashSignature RootVerity
RootImagePolicy MountImagePolicy ExtensionImagePolicy MountAPIVFS ProtectProc ProcSubset BindPaths BindReadOnlyPaths MountImages ExtensionImages
ExtensionDirectories BindLogSockets User Group DynamicUser SupplementaryGroups SetLoginEnvironment PAMName CapabilityBoundingSet
AmbientCapabilities NoNewPrivileges SecureBits SELinuxContext AppArmorProfile SmackProcessLabel LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE
LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME UMask CoredumpFilter
KeyringMode OOMScoreAdjust TimerSlackNSec Personality IgnoreSIGPIPE Nice CPUSchedulingPolicy CPUSchedulingPriority CPUSchedulingResetOnFork
CPUAffinity NUMAPolicy NUMAMask IOSchedulingClass IOSchedulingPriority ProtectSystem ProtectHome RuntimeDirectory StateDirectory CacheDirectory
LogsDirectory ConfigurationDirectory RuntimeDirectoryMode StateDirectoryMode CacheDirectoryMode LogsDirectoryMode ConfigurationDirectoryMode
RuntimeDirectoryPreserve StateDirectoryQuota CacheDirectoryQuota LogsDirectoryQuota StateDirectoryAccounting CacheDirectoryAccounting LogsDirectoryAccounting
TimeoutCleanSec ReadWritePaths ReadOnlyPaths InaccessiblePaths ReadWriteDirectories ReadOnlyDirectories InaccessibleDirectories
ExecPaths NoExecPaths TemporaryFileSystem PrivateTmp PrivateBPF PrivateDevices PrivateNetwork NetworkNamespacePath UserNamespacePath PrivateIPC
IPCNamespacePath PrivatePIDs MemoryKSM MemoryTHP PrivateUsers ProtectHostname ProtectClock ProtectKernelTunables ProtectKernelModules
ProtectKernelLogs ProtectControlGroups RestrictAddressFamilies RestrictFileSystems RestrictNamespaces DelegateNamespaces LockPersonality
MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID RemoveIPC PrivateMounts MountFlags BPFDelegateCommands BPFDelegateMaps
BPFDelegatePrograms BPFDelegateAttachments SystemCallFilter SystemCallErrorNumber SystemCallArchitectures SystemCallLog Environment
EnvironmentFile PassEnvironment UnsetEnvironment StandardInput StandardOutput StandardError StandardInputText StandardInputData LogLevelMax
LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst LogFilterPatterns LogNamespace SyslogIdentifier SyslogFacility SyslogLevel
SyslogLevelPrefix TTYPath TTYReset TTYVHangup TTYColumns TTYRows TTYVTDisallocate LoadCredential LoadCredentialEncrypted ImportCredential
SetCredential SetCredentialEncrypted UtmpIdentifier UtmpMode KillMode KillSignal RestartKillSignal SendSIGHUP SendSIGKILL FinalKillSignal
WatchdogSignal`

const resourceKeys = `CPUAccounting CPUWeight StartupCPUWeight CPUQuota CPUQuotaPeriodSec CPUShares StartupCPUShares AllowedCPUs StartupAllowedCPUs MemoryAccounting
MemoryMin MemoryLow StartupMemoryLow DefaultStartupMemoryLow DefaultMemoryLow DefaultMemoryMin MemoryHigh StartupMemoryHigh MemoryMax StartupMemoryMax
MemoryLimit MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax MemoryZSwapWriteback AllowedMemoryNodes
StartupAllowedMemoryNodes TasksAccounting TasksMax IOAccounting IOWeight StartupIOWeight IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax
IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec BlockIOAccounting BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight BlockIOReadBandwidth
BlockIOWriteBandwidth IPAccounting IPAddressAllow IPAddressDeny SocketBindAllow SocketBindDeny RestrictNetworkInterfaces NFTSet IPIngressFilterPath
IPEgressFilterPath BPFProgram DeviceAllow DevicePolicy Slice Delegate DelegateSubgroup DisableControllers ManagedOOMSwap ManagedOOMMemoryPressure
ManagedOOMMemoryPressureLimit ManagedOOMMemoryPressureDurationSec ManagedOOMPreference MemoryPressureWatch MemoryPressureThresholdSec CoredumpReceive`

const serviceKeys = `Type ExitType RemainAfterExit GuessMainPID PIDFile BusName ExecStart ExecStartPre ExecStartPost ExecCondition ExecReload
ExecReloadPost ExecStop ExecStopPost RestartSec RestartSteps RestartMaxDelaySec TimeoutStartSec TimeoutStopSec TimeoutAbortSec TimeoutSec
TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec WatchdogSec Restart RestartMode SuccessExitStatus
RestartPreventExitStatus RestartForceExitStatus RootDirectoryStartOnly NonBlocking NotifyAccess Sockets FileDescriptorStoreMax
FileDescriptorStorePreserve USBFunctionDescriptors USBFunctionStrings OOMPolicy OpenFile ReloadSignal RefreshOnReload PermissionsStartOnly
StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument`

const timerKeys = `OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec OnCalendar AccuracySec RandomizedDelaySec RandomizedOffsetSec
DeferReactivation FixedRandomDelay OnClockChange OnTimezoneChange Unit Persistent WakeSystem RemainAfterElapse`

const socketKeys = `ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenSpecial ListenNetlink ListenMessageQueue ListenUSBFunction
SocketProtocol BindIPv6Only Backlog BindToDevice SocketUser SocketGroup SocketMode DirectoryMode Accept Writable FlushPending MaxConnections
MaxConnectionsPerSource KeepAlive KeepAliveTimeSec KeepAliveIntervalSec KeepAliveProbes NoDelay Priority DeferAcceptSec ReceiveBuffer SendBuffer
IPTOS IPTTL Mark ReusePort SmackLabel SmackLabelIPIn SmackLabelIPOut SELinuxContextFromNet PipeSize MessageQueueMaxMessages MessageQueueMessageSize
FreeBind Transparent Broadcast PassCredentials PassPIDFD PassSecurity PassPacketInfo PassFileDescriptorsToExec AcceptFileDescriptors Timestamping
TCPCongestion ExecStartPre ExecStartPost ExecStopPre ExecStopPost TimeoutSec Service RemoveOnStop Symlinks FileDescriptorName
TriggerLimitIntervalSec TriggerLimitBurst PollLimitIntervalSec PollLimitBurst DeferTrigger DeferTriggerMaxSec`

const pathKeys = `PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty Unit MakeDirectory DirectoryMode TriggerLimitIntervalSec
TriggerLimitBurst`

func init() {
	for names, keys := range map[string]string{
		"unitConfig Unit": unitSectionKeys, "Install": installKeys, "serviceConfig Service": serviceKeys + " " + execKeys + " " + resourceKeys,
		"timerConfig Timer": timerKeys, "pathConfig Path": pathKeys, "socketConfig Socket": socketKeys + " " + execKeys + " " + resourceKeys,
		"sliceConfig Slice": resourceKeys + " ConcurrencyHardMax ConcurrencySoftMax",
	} {
		s := &unitSection{keys: strings.Fields(keys), has: set(keys)}
		for _, name := range strings.Fields(names) {
			unitSections[name] = s
		}
	}
}

// unitOptionNames are the options of a unit of NixOS outside of its sections (nixos/lib/systemd-unit-options.nix).
const unitOptionNames = `enable overrideStrategy description documentation after before wants requires requisite bindsTo
	partOf upholds conflicts wantedBy requiredBy upheldBy aliases unitConfig onFailure onSuccess startLimitBurst startLimitIntervalSec
	restartTriggers reloadTriggers name environment path serviceConfig enableStrictShellChecks script scriptArgs preStart postStart
	reload preStop postStop jobScripts reloadIfChanged restartIfChanged stopIfChanged notSocketActivated startAt confinement runner
	listenStreams listenDatagrams socketConfig timerConfig pathConfig mountConfig automountConfig sliceConfig what where type options`

var isUnitOption = set(unitOptionNames)

var unitOptions = &unitSection{keys: strings.Fields(unitOptionNames), has: isUnitOption}

// unitValues are the values that keys of services take, where they are few (systemd.service(5), systemd.exec(5), systemd.kill(5)).
var unitValues = map[string][]string{
	"Type":          {"simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle"},
	"Restart":       {"no", "always", "on-success", "on-failure", "on-abnormal", "on-abort", "on-watchdog"},
	"KillMode":      {"control-group", "mixed", "process", "none"},
	"NotifyAccess":  {"none", "main", "exec", "all"},
	"ExitType":      {"main", "cgroup"},
	"OOMPolicy":     {"continue", "stop", "kill"},
	"RestartMode":   {"normal", "direct", "debug"},
	"DevicePolicy":  {"auto", "closed", "strict"},
	"KeyringMode":   {"inherit", "private", "shared"},
	"ProtectSystem": {"yes", "no", "full", "strict"}, "ProtectHome": {"yes", "no", "read-only", "tmpfs"}, "PrivateTmp": {"yes", "no", "disconnected"},
	"ProtectProc": {"noaccess", "invisible", "ptraceable", "default"}, "ProcSubset": {"all", "pid"}, "UtmpMode": {"init", "login", "user"},
	"RuntimeDirectoryPreserve": {"yes", "no", "restart"},
	"StandardInput":            {"null", "tty", "tty-force", "tty-fail", "data", "file:", "socket", "fd", "fd:"},
	"StandardOutput":           outputs, "StandardError": outputs,
}

// outputs are where a service may write to; those with a colon are beginnings. The syslog ones are of older releases.
var outputs = []string{
	"inherit", "null", "tty", "journal", "kmsg", "journal+console", "kmsg+console", "file:", "append:", "truncate:", "socket", "fd", "fd:",
	"syslog", "syslog+console",
}

// isUnitValue reports whether one of the values of a key is a text: those that take "yes" take all spellings of Booleans (systemd.syntax(7)).
func isUnitValue(values []string, text string) bool {
	for _, v := range values {
		if v == text || strings.HasSuffix(v, ":") && strings.HasPrefix(text, v) || v == "yes" && unitBooleans[strings.ToLower(text)] {
			return true
		}
	}
	return false
}

var unitBooleans = set("1 yes y true t on 0 no n false f off")
