using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A virtio device as a PCI function, modern only (virtio 1.2, 4.1): one base address register for memory with all its structures, each on a page of its own, and one of ports with
/// the doorbells once more. The capability of the ports comes first, so that systems that take what comes first (Linux does) ring with OUT, which exits with all that is to know of it.
/// </summary>
public sealed class VirtioPciFunction : PciFunction
{
    /// <summary>How many queues a function can have: their doorbells fill a page.</summary>
    public const int MostQueues = (int)PageBytes / DoorbellBytes;

    private const ushort Vendor = 0x1AF4;
    private const ushort FirstDeviceId = 0x1040;
    private const byte Revision = 1;
    private const byte PinA = 1;

    private const byte MemoryBar = 0;
    private const byte DoorbellBar = 1;

    // The pages of the memory.
    private const uint PageBytes = 0x1000;
    private const uint CommonPage = 0, IsrPage = 1, DevicePage = 2, NotifyPage = 3, MsixPage = 4, PendingPage = 5;
    private const uint MemoryBytes = 8 * PageBytes;

    /// <summary>How far two doorbells lie apart. 4.1.4.4.1 wants an even power of two.</summary>
    private const int DoorbellBytes = 4;
    private const uint LeastDoorbellPorts = 4;

    private readonly VirtioDevice _device;
    private readonly MsixTable _msix;
    private readonly VirtioInterrupts _interrupts;
    private readonly VirtioCommonConfig _common;
    private readonly int _msixOffset;
    private readonly int _accessOffset;

    /// <summary>A function for a device, whose MSIs go to <paramref name="bus"/>: its VM's.</summary>
    public unsafe VirtioPciFunction(VirtioDevice device, InterruptBus bus) : base(IdentityOf(device.Type), PinA)
    {
        if (device.Queues.Length > MostQueues) throw new ArgumentException("a device with more queues than there are doorbells");
        _device = device;
        // One for each queue, and one for the configuration.
        _msix = new MsixTable(this, bus, device.Queues.Length + 1);
        _interrupts = new VirtioInterrupts(this, _msix);
        _common = new VirtioCommonConfig(device, _interrupts);
        device.Interrupts = _interrupts;

        uint doorbells = LeastDoorbellPorts;
        while (doorbells < device.Queues.Length * DoorbellBytes) doorbells *= 2;
        DefineBar(MemoryBar, PciBarKind.Memory32, MemoryBytes);
        DefineBar(DoorbellBar, PciBarKind.Io, doorbells);

        byte plain = (byte)sizeof(VirtioPciCapability), notify = (byte)sizeof(VirtioPciNotifyCapability), access = (byte)sizeof(VirtioPciAccessCapability);
        _msixOffset = AddCapability(new MsixCapability((MsixControl)(_msix.Count - 1), MsixPage * PageBytes | MemoryBar, PendingPage * PageBytes | MemoryBar));
        AllowWrites(_msixOffset, (uint)(MsixControl.Enable | MsixControl.FunctionMask) << 16);
        AddCapability(new VirtioPciCapability(VirtioPciStructure.Common, plain, MemoryBar, CommonPage * PageBytes, VirtioCommonConfig.Length));
        AddCapability(new VirtioPciNotifyCapability(new VirtioPciCapability(VirtioPciStructure.Notify, notify, DoorbellBar, 0, doorbells), DoorbellBytes));
        AddCapability(new VirtioPciNotifyCapability(new VirtioPciCapability(VirtioPciStructure.Notify, notify, MemoryBar, NotifyPage * PageBytes, doorbells), DoorbellBytes));
        AddCapability(new VirtioPciCapability(VirtioPciStructure.Isr, plain, MemoryBar, IsrPage * PageBytes, sizeof(byte)));
        if (device.ConfigLength != 0)
            AddCapability(new VirtioPciCapability(VirtioPciStructure.Device, plain, MemoryBar, DevicePage * PageBytes, (uint)device.ConfigLength));
        _accessOffset = AddCapability(new VirtioPciAccessCapability(new VirtioPciCapability(VirtioPciStructure.Access, access, 0, 0, 0)));
        AllowWrites(AccessBar, byte.MaxValue);
        AllowWrites(AccessStart, uint.MaxValue);
        AllowWrites(AccessSize, uint.MaxValue);
        AllowWrites(AccessData, uint.MaxValue);
    }

    /// <summary>The device that it is.</summary>
    public VirtioDevice Device => _device;

    // The registers of the access capability.
    private int AccessBar => _accessOffset + 4;
    private int AccessStart => _accessOffset + 8;
    private int AccessSize => _accessOffset + 12;
    private int AccessData => _accessOffset + 16;

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        _msix.Reset();
        _common.Reset();
        _device.ResetAll();
    }

    /// <inheritdoc/>
    public override ulong ReadBar(int bar, ulong offset, int size)
    {
        if (bar != MemoryBar) return 0;
        ulong within = offset % PageBytes;
        return (uint)(offset / PageBytes) switch
        {
            CommonPage => _common.Read(within, size),
            IsrPage => within == 0 ? (ulong)_interrupts.TakeIsr() : 0,
            DevicePage => _device.ReadConfig(within, size),
            MsixPage => _msix.ReadTable(within, size),
            PendingPage => _msix.ReadPendingBits(within, size),
            _ => 0,
        };
    }

    /// <inheritdoc/>
    public override void WriteBar(int bar, ulong offset, int size, ulong value)
    {
        if (bar == DoorbellBar)
        {
            _device.Notify((int)(offset / DoorbellBytes));
            return;
        }
        ulong within = offset % PageBytes;
        switch ((uint)(offset / PageBytes))
        {
            case CommonPage:
                _common.Write(within, size, value);
                break;
            case DevicePage:
                _device.WriteConfig(within, size, value);
                break;
            case NotifyPage:
                _device.Notify((int)(within / DoorbellBytes));
                break;
            case MsixPage:
                _msix.WriteTable(within, size, value);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void ConfigReading(int offset)
    {
        if ((offset & -RegisterBytes) == AccessData && TryGetAccess(out int bar, out uint start, out int size)) RegisterAt(AccessData) = (uint)ReadBar(bar, start, size);
    }

    /// <inheritdoc/>
    protected override void ConfigWritten(int offset)
    {
        int register = offset & -RegisterBytes;
        if (register == _msixOffset)
        {
            _msix.SetControl((MsixControl)(RegisterAt(_msixOffset) >> 16));
            _interrupts.MsixChanged();
        }
        else if (register == AccessData && TryGetAccess(out int bar, out uint start, out int size)) WriteBar(bar, start, size, RegisterAt(AccessData));
    }

    private static PciIdentity IdentityOf(VirtioDeviceType type) =>
        new(Vendor, (ushort)(FirstDeviceId + (ushort)type), Revision, ClassOf(type), Vendor, (ushort)(FirstDeviceId + (ushort)type));

    /// <summary>Class codes of PCI Code and ID Assignment 1.11, chapter 1; drivers go by the device ID.</summary>
    private static uint ClassOf(VirtioDeviceType type) => type switch
    {
        VirtioDeviceType.Net => 0x02_00_00,
        VirtioDeviceType.Block => 0x01_80_00,
        VirtioDeviceType.Console => 0x07_80_00,
        _ => 0x00_FF_00,
    };

    /// <summary>What the access capability says; false where that is no access that can be made (4.1.4.9.1).</summary>
    private bool TryGetAccess(out int bar, out uint start, out int size)
    {
        bar = (byte)RegisterAt(AccessBar);
        start = RegisterAt(AccessStart);
        uint length = RegisterAt(AccessSize);
        size = (int)length;
        return length is sizeof(byte) or sizeof(ushort) or sizeof(uint) && start % length == 0 && start + (ulong)length <= BarSize(bar);
    }
}
