using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.Bench;

/// <summary>The image on an emulator, with the VMs of one manifest.</summary>
internal static class LaminaMachine
{
    private const int MemoryMib = 1024;

    /// <summary>Runs a manifest until the machine has printed <paramref name="lastLine"/>, which ends it; returns the log.</summary>
    /// <exception cref="HarnessException">It did not end, or not by powering off.</exception>
    public static string Run(BenchBed bed, string image, string manifestPath, TimeSpan timeout, string lastLine)
    {
        ManifestResult result = ManifestCompiler.Compile(manifestPath);
        if (result.Manifest is not { } manifest)
            throw new HarnessException(string.Join('\n', result.Errors));
        string compiled = Path.ChangeExtension(manifestPath, ".manifest");
        File.WriteAllBytes(compiled, manifest.Binary);
        IEnumerable<BootFile> files = manifest.Files.Select(file => new BootFile(file.Name, file.Path));
        using EmulatedMachine machine = EmulatedMachine.Start(new MachineOptions
        {
            Image = image,
            Boot = BootMethod.Multiboot,
            Files = [new BootFile("manifest.bin", compiled), .. files],
            Cpus = bed.Cpus,
            MemoryMebibytes = MemoryMib,
            Emulator = bed.Emulator,
            Vendor = bed.Vendor,
            InstructionCount = true,
            SerialToFile = true,
            VirtualInterrupts = true,
        });
        int at = machine.WaitForAsync(lastLine, timeout).GetAwaiter().GetResult();
        machine.WaitForAsync("\n", timeout, at).GetAwaiter().GetResult();
        return machine.Log;
    }
}
