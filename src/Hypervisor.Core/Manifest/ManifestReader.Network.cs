using System;

namespace Lamina.Core;

/// <summary>The check of network interfaces and wires, after that of the VMs: each interface is one VM's by now.</summary>
internal readonly ref partial struct ManifestReader
{
    private InterfaceRecord Interface(uint index) => Read<InterfaceRecord>(_data, _layout.Interface(index));

    private WireRecord Wire(uint index) => Read<WireRecord>(_data, _layout.Wire(index));

    private ManifestError CheckNetwork()
    {
        for (uint i = 0; i < _header.WireCount; i++)
        {
            ManifestFault fault = CheckWire(Wire(i), i);
            if (fault != ManifestFault.None)
                return new ManifestError(fault, (int)i);
        }

        for (uint vm = 0; vm < _header.VmCount; vm++)
        {
            VmRecord record = Vm(vm);
            for (uint i = 0; i < record.InterfaceCount; i++)
            {
                uint index = record.FirstInterface + i;
                ManifestFault fault = CheckInterface(Interface(index), index, new WireEnd { Vm = vm, Interface = i });
                if (fault == ManifestFault.None)
                    fault = CheckName(Interface(index), index, record.FirstInterface);
                if (fault != ManifestFault.None)
                    return new ManifestError(fault, (int)index);
            }
        }

        return default;
    }

    private ManifestFault CheckWire(in WireRecord wire, uint index)
    {
        if (!IsEnd(wire.Port, index, InterfaceKind.Port) || !IsEnd(wire.Plug, index, InterfaceKind.Plug) || wire.Port.Vm == wire.Plug.Vm)
            return ManifestFault.WireEnd;
        if (wire.BitsPerSecond != 0 && !ManifestRules.IsRate(wire.BitsPerSecond))
            return ManifestFault.WireRate;
        if (wire.WhenFull > WhenFull.Drop)
            return ManifestFault.WireWhenFull;
        return wire.Reserved0 != 0 || wire.Reserved1 != 0 ? ManifestFault.Reserved : ManifestFault.None;
    }

    private bool IsEnd(WireEnd end, uint wire, InterfaceKind kind)
    {
        if (end.Vm >= _header.VmCount)
            return false;
        VmRecord vm = Vm(end.Vm);
        if (end.Interface >= vm.InterfaceCount)
            return false;
        InterfaceRecord record = Interface(vm.FirstInterface + end.Interface);
        return record.Kind == kind && record.Wire == wire;
    }

    private ManifestFault CheckInterface(in InterfaceRecord record, uint index, WireEnd itself)
    {
        bool isBehindPlug = itself.Interface != 0 && Interface(index - 1).Kind == InterfaceKind.Plug;
        if (record.Kind is < InterfaceKind.Port or > InterfaceKind.Plug || (record.Kind == InterfaceKind.Port && isBehindPlug))
            return ManifestFault.InterfaceKind;
        if (!IsWired(record, itself))
            return ManifestFault.InterfaceWire;
        if (record.QueuePairs is 0 or > (ushort)ManifestRules.MaxQueuePairs)
            return ManifestFault.InterfaceQueues;
        if (!ManifestRules.IsMacAddress(record.MacAddress))
            return ManifestFault.InterfaceMac;
        for (uint before = 0; before < index; before++)
        {
            if (Interface(before).MacAddress == record.MacAddress)
                return ManifestFault.DuplicateMac;
        }

        return record.Reserved != 0 ? ManifestFault.Reserved : ManifestFault.None;
    }

    /// <summary>Whether the wire that an interface names ends at it; a port may name none.</summary>
    private bool IsWired(in InterfaceRecord record, WireEnd itself)
    {
        if (record.Wire == InterfaceRecord.NoWire)
            return record.Kind == InterfaceKind.Port;
        if (record.Wire >= _header.WireCount)
            return false;
        WireRecord wire = Wire(record.Wire);
        WireEnd end = record.Kind == InterfaceKind.Port ? wire.Port : wire.Plug;
        return end.Vm == itself.Vm && end.Interface == itself.Interface;
    }

    private ManifestFault CheckName(in InterfaceRecord record, uint index, uint firstOfVm)
    {
        if (!TryGetString(record.Name, out ReadOnlySpan<byte> name))
            return ManifestFault.InterfaceName;
        if (record.Kind == InterfaceKind.Plug)
            return IsNameOf(Wire(record.Wire).Port, name) ? ManifestFault.None : ManifestFault.InterfaceName;
        if (!ManifestRules.IsPortName(name))
            return ManifestFault.InterfaceName;
        for (uint before = firstOfVm; before < index; before++)
        {
            TryGetString(Interface(before).Name, out ReadOnlySpan<byte> other);
            if (ManifestRules.AreEqual(name, other))
                return ManifestFault.DuplicatePort;
        }

        return ManifestFault.None;
    }

    /// <summary>Whether <paramref name="name"/> is VM.PORT of a port whose wire has been checked; its name, which may come later, need not have been.</summary>
    private bool IsNameOf(WireEnd port, ReadOnlySpan<byte> name)
    {
        VmRecord vm = Vm(port.Vm);
        TryGetString(vm.Name, out ReadOnlySpan<byte> vmName);
        return TryGetString(Interface(vm.FirstInterface + port.Interface).Name, out ReadOnlySpan<byte> portName)
            && name.Length == vmName.Length + 1 + portName.Length
            && ManifestRules.AreEqual(name.Slice(0, vmName.Length), vmName)
            && name[vmName.Length] == (byte)'.'
            && ManifestRules.AreEqual(name.Slice(vmName.Length + 1), portName);
    }
}
