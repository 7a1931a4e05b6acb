using System;
using System.IO;
using System.Linq;

namespace Lamina.QemuHarness;

/// <summary>An accelerator and why it was taken.</summary>
/// <param name="Accelerator">The accelerator.</param>
/// <param name="Reason">Why, for the person at the terminal.</param>
/// <param name="Vendor">Whose CPU the host has, if that is the machine's and known.</param>
public sealed record AcceleratorChoice(Accelerator Accelerator, string Reason, CpuVendor? Vendor = null)
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string Device = "/dev/kvm";

    /// <summary>KVM if it can run a hypervisor on this computer, else emulation.</summary>
    public static AcceleratorChoice Automatic() => Choose(
        File.Exists(CpuInfo) ? File.ReadAllText(CpuInfo) : "",
        module => ReadParameter($"/sys/module/{module}/parameters/nested"),
        () => IsWritable(Device));

    /// <summary>The rule of <see cref="Automatic"/> over what it looks at.</summary>
    /// <param name="cpuInfo">The content of /proc/cpuinfo.</param>
    /// <param name="nested">The 'nested' parameter of a kernel module; null if the module is not loaded.</param>
    /// <param name="mayOpenDevice">Whether /dev/kvm may be opened.</param>
    internal static AcceleratorChoice Choose(string cpuInfo, Func<string, string?> nested, Func<bool> mayOpenDevice)
    {
        string[] flags = (cpuInfo.Split('\n').FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "").Split(' ');
        bool hasVmx = flags.Contains("vmx");
        if (!hasVmx && !flags.Contains("svm"))
            return new(Accelerator.Tcg, $"{CpuInfo} shows neither vmx nor svm");
        string module = hasVmx ? "kvm_intel" : "kvm_amd";
        string? parameter = nested(module);
        if (parameter is null)
            return new(Accelerator.Tcg, $"the kernel module {module} is not loaded");
        if (parameter is not ("1" or "Y"))
            return new(Accelerator.Tcg, $"nested virtualization is off in {module} (its parameter 'nested' is {parameter})");
        return mayOpenDevice()
            ? new(Accelerator.Kvm, $"{CpuInfo} shows {(hasVmx ? "vmx" : "svm")} and {module} has nested virtualization on", hasVmx ? CpuVendor.Intel : CpuVendor.Amd)
            : new(Accelerator.Tcg, $"{Device} may not be opened by this user (the group 'kvm' may)");
    }

    private static string? ReadParameter(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : null;

    private static bool IsWritable(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
