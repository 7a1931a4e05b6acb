using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Devices.Tests.Virtio;

/// <summary>Sizes and offsets of what the specification lays out: virtio 1.2, 2.7, 4.1.4 and 5.3; PCI Local Bus 3.0, 6.8.2.</summary>
public class StructureTests
{
    [Theory]
    [InlineData(typeof(VirtqueueDescriptor), 16)]
    [InlineData(typeof(VirtqueueUsedElement), 8)]
    [InlineData(typeof(VirtioPciCapability), 16)]
    [InlineData(typeof(VirtioPciNotifyCapability), 20)]
    [InlineData(typeof(VirtioPciAccessCapability), 20)]
    [InlineData(typeof(MsixCapability), 12)]
    [InlineData(typeof(MsixEntry), 16)]
    [InlineData(typeof(ConsoleConfig), 12)]
    [InlineData(typeof(ConsoleControl), 8)]
    public void Sizes(Type type, int size) =>
        ((int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!).Should().Be(size);

    [Theory]
    [InlineData(typeof(VirtqueueDescriptor), nameof(VirtqueueDescriptor.Length), 8)]
    [InlineData(typeof(VirtqueueDescriptor), nameof(VirtqueueDescriptor.Flags), 12)]
    [InlineData(typeof(VirtqueueDescriptor), nameof(VirtqueueDescriptor.Next), 14)]
    [InlineData(typeof(VirtqueueUsedElement), nameof(VirtqueueUsedElement.Length), 4)]
    [InlineData(typeof(VirtioPciCapability), nameof(VirtioPciCapability.Length), 2)]
    [InlineData(typeof(VirtioPciCapability), nameof(VirtioPciCapability.Structure), 3)]
    [InlineData(typeof(VirtioPciCapability), nameof(VirtioPciCapability.Bar), 4)]
    [InlineData(typeof(VirtioPciCapability), nameof(VirtioPciCapability.Start), 8)]
    [InlineData(typeof(VirtioPciCapability), nameof(VirtioPciCapability.Size), 12)]
    [InlineData(typeof(VirtioPciNotifyCapability), nameof(VirtioPciNotifyCapability.Multiplier), 16)]
    [InlineData(typeof(VirtioPciAccessCapability), nameof(VirtioPciAccessCapability.Data), 16)]
    [InlineData(typeof(MsixCapability), nameof(MsixCapability.Control), 2)]
    [InlineData(typeof(MsixCapability), nameof(MsixCapability.Table), 4)]
    [InlineData(typeof(MsixCapability), nameof(MsixCapability.PendingBits), 8)]
    [InlineData(typeof(MsixEntry), nameof(MsixEntry.Data), 8)]
    [InlineData(typeof(MsixEntry), nameof(MsixEntry.Control), 12)]
    [InlineData(typeof(ConsoleConfig), nameof(ConsoleConfig.MostPorts), 4)]
    [InlineData(typeof(ConsoleConfig), nameof(ConsoleConfig.EmergencyWrite), 8)]
    [InlineData(typeof(ConsoleControl), nameof(ConsoleControl.Event), 4)]
    [InlineData(typeof(ConsoleControl), nameof(ConsoleControl.Value), 6)]
    public void Offsets(Type type, string field, int offset) => ((int)Marshal.OffsetOf(type, field)).Should().Be(offset);
}
