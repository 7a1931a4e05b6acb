using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Lamina.QemuHarness;

/// <summary>The emulator's command line for a machine. Paths in it are relative to the machine's working directory.</summary>
internal static class QemuCommandLine
{
    internal const string Emulator = "qemu-system-x86_64";
    internal const string FirmwareCode = "/usr/share/OVMF/OVMF_CODE.fd";
    internal const string FirmwareVariables = "/usr/share/OVMF/OVMF_VARS.fd";
    internal const string SerialSocket = "serial.sock";
    internal const string SerialFile = "serial.log";
    internal const string MonitorSocket = "monitor.sock";

    private static readonly string[] Firmware =
    [
        "-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={FirmwareCode}",
        "-drive", $"if=pflash,unit=1,format=raw,file={BootMedium.Variables}",
    ];

    internal static IReadOnlyList<string> Build(MachineOptions options)
    {
        var arguments = new List<string>
        {
            "-no-user-config", "-nodefaults", "-no-reboot", "-display", "none", "-vga", "std",
            "-machine", "q35", "-accel", Accelerate(options),
            "-cpu", options.CpuModel ?? (options.Accelerator == Accelerator.Kvm ? "host" : "EPYC"),
            "-smp", string.Create(CultureInfo.InvariantCulture, $"{options.Cpus},threads={options.ThreadsPerCore}"),
            "-m", $"{options.MemoryMebibytes.ToString(CultureInfo.InvariantCulture)}M",
            "-chardev", options.SerialToFile ? $"file,id=serial,path={SerialFile}" : $"socket,id=serial,path={SerialSocket}", "-serial", "chardev:serial",
            "-chardev", $"socket,id=monitor,path={MonitorSocket}", "-mon", "chardev=monitor,mode=control",
        };
        if (options.HasDebugExit)
            arguments.AddRange(["-device", DebugExit.Device]);
        if (options.InstructionCount)
            arguments.AddRange(["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2024-01-01T00:00:00,clock=vm"]);
        arguments.AddRange(Medium(options));
        arguments.AddRange(options.EmulatorArguments);
        return arguments;
    }

    private static string Accelerate(MachineOptions options) => options switch
    {
        { Accelerator: Accelerator.Kvm } => "kvm",
        { CpusTakeTurns: true } => "tcg,thread=single",
        _ => "tcg",
    };

    private static IEnumerable<string> Medium(MachineOptions options) => options.Boot switch
    {
        BootMethod.Uefi => [.. Firmware, "-drive", $"if=none,id=esp,format=raw,file={BootMedium.Partition}", "-device", "ide-hd,drive=esp,bootindex=0"],
        // Whoever made the stick finds it as it was.
        BootMethod.Usb =>
        [
            .. Firmware, "-device", "qemu-xhci",
            "-drive", $"if=none,id=stick,format=raw,readonly=on,file={BootMedium.Stick}", "-device", "usb-storage,drive=stick,bootindex=0",
        ],
        BootMethod.Iso => ["-drive", $"if=none,id=cd,media=cdrom,readonly=on,file={BootMedium.Iso}", "-device", "ide-cd,drive=cd,bootindex=0"],
        _ =>
        [
            "-kernel", BootMedium.Image, "-append", options.AllParameters,
            .. options.Files.Count == 0 ? [] : (string[])["-initrd", string.Join(',', options.Files.Select(file => $"{file.Name} {file.Name}"))],
        ],
    };
}
