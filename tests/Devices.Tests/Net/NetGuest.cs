using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Lamina.Devices.Tests.Virtio;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Net;

/// <summary>
/// A VM with a network device and a driver for it, as plain as can be. It rings only where the event index asks for it, so a notification that was not asked for and should have
/// been shows as a frame that never comes.
/// </summary>
public sealed class NetGuest : IDisposable
{
    public const ulong EveryFeature = VirtioFeature.Common | VirtioNetFeature.Mac | VirtioNetFeature.Status | VirtioNetFeature.MergeableBuffers | VirtioNetFeature.ControlQueue
        | VirtioNetFeature.ControlReceive | VirtioNetFeature.ControlMacAddress | Offloads | VirtioNetFeature.ControlGuestOffloads;
    public const ulong Offloads = VirtioNetFeature.Checksum | VirtioNetFeature.HostTcpV4 | VirtioNetFeature.HostTcpV6 | VirtioNetFeature.HostCongestionNotification
        | VirtioNetFeature.GuestChecksum | VirtioNetFeature.GuestTcpV4 | VirtioNetFeature.GuestTcpV6 | VirtioNetFeature.GuestCongestionNotification;

    public const ushort Size = 64;
    private const ulong Rings = 0x1_0000;
    private const ulong SendArea = 4 << 20;
    private const ulong ReceiveArea = 16 << 20;
    private const int Stride = 1 << 17;
    private const int Pieces = 4;

    private readonly Side _send = new();
    private readonly Side _receive = new();
    private bool _hasEventIndex;

    public NetGuest(WireTerminal end, NetParameters? parameters = null, FakeCpu? cpu = null)
    {
        Test = new TestMachine(memory: 32 << 20, cpu: cpu);
        Device = new VirtioNet(Test.Machine, end, parameters ?? new NetParameters(0x5254_0000_0001, queueSize: Size));
        Driver = new VirtioDriver(Test, Device);
        End = end;
    }

    private sealed class Side
    {
        public VirtqueueDriver Queue = null!;
        public int Number;
        public readonly Queue<ushort> Free = new();
        public readonly Dictionary<ushort, int[]> Buffers = [];
        public ushort Rung;
    }

    public TestMachine Test { get; }
    public VirtioNet Device { get; }
    public VirtioDriver Driver { get; }
    public WireTerminal End { get; }

    /// <summary>The control queue, once a test has switched it on.</summary>
    public VirtqueueDriver? Control { get; set; }

    /// <summary>How often a doorbell was rung.</summary>
    public int Doorbells { get; private set; }

    /// <summary>The status in its configuration: whether there is a link.</summary>
    public bool HasLink => (Driver.Read(VirtioDriver.Device + 6, 2) & 1) != 0;

    /// <summary>How many frames to send came back.</summary>
    public int Sent { get; private set; }

    /// <summary>How many frames to send are still with the device.</summary>
    public int Unsent => _send.Buffers.Count;

    /// <summary>Starts the driver, without receive buffers.</summary>
    public NetGuest Start(ulong features = EveryFeature, int pair = 0)
    {
        Driver.Negotiate(features & Driver.OfferedFeatures).Should().BeTrue();
        _hasEventIndex = (features & VirtioFeature.RingEventIndex) != 0;
        SetUp(_receive, 2 * pair);
        SetUp(_send, 2 * pair + 1);
        Driver.Start();
        return this;
    }

    private void SetUp(Side side, int number)
    {
        side.Number = number;
        side.Queue = Driver.SetUp(number, Rings + (ulong)number * VirtqueueDriver.RingBytes, Size);
        side.Free.Clear();
        side.Buffers.Clear();
        side.Rung = 0;
        for (ushort i = 0; i < Size; i += Pieces) side.Free.Enqueue(i);
    }

    /// <summary>Offers a receive buffer of some pieces. False when no descriptors are left.</summary>
    public bool Offer(params int[] pieces)
    {
        if (!TryOffer(_receive, ReceiveArea, pieces, write: true)) return false;
        RingIfAsked(_receive);
        return true;
    }

    /// <summary>Offers all the buffers that there are descriptors for.</summary>
    public NetGuest OfferAll(params int[] pieces)
    {
        while (Offer(pieces)) { }
        return this;
    }

    /// <summary>Sends a frame, in some pieces if so wanted. False when the queue is full.</summary>
    internal bool Send(byte[] frame, VirtioNetHeader header = default, int cut = 12)
    {
        Collect();
        if (_send.Free.Count == 0) return false;
        byte[] bytes = new byte[12 + frame.Length];
        MemoryMarshal.Write(bytes, header);
        frame.CopyTo(bytes, 12);
        cut = Math.Clamp(cut, 1, bytes.Length - 1);
        ulong at = SendArea + (ulong)_send.Free.Peek() / Pieces * Stride;
        bytes.CopyTo(Test.Memory[(int)at..]);
        TryOffer(_send, SendArea, [cut, bytes.Length - cut], write: false);
        RingIfAsked(_send);
        return true;
    }

    /// <summary>What was received since the last time. The buffers are free again, not offered.</summary>
    internal List<(VirtioNetHeader Header, byte[] Frame)> Receive()
    {
        var frames = new List<(VirtioNetHeader, byte[])>();
        var used = _receive.Queue.TakeUsed();
        for (int i = 0; i < used.Count;)
        {
            byte[] bytes = Take(_receive, ReceiveArea, used[i]);
            var header = MemoryMarshal.Read<VirtioNetHeader>(bytes);
            bytes = bytes[12..];
            for (int more = 1; more < header.Buffers; more++) bytes = [.. bytes, .. Take(_receive, ReceiveArea, used[i + more])];
            header.Buffers.Should().BeGreaterThan(0);
            i += header.Buffers;
            frames.Add((header, bytes));
        }
        return frames;
    }

    /// <summary>Takes back what was sent.</summary>
    public void Collect()
    {
        foreach (var used in _send.Queue.TakeUsed())
        {
            used.Written.Should().Be(0);
            Take(_send, SendArea, used);
            Sent++;
        }
    }

    /// <summary>Does the work that waits for this VM, once; what is posted meanwhile waits. Where all waits for its next turn, that begins. False when there was none.</summary>
    public bool Work()
    {
        if (!Test.Machine.HasAnyWork) return false;
        if (!Test.Machine.HasWork) Test.Machine.BeginTurn();
        Test.Machine.DoWork();
        return true;
    }

    /// <summary>Lets two VMs do their work until none is left.</summary>
    public static void Settle(NetGuest one, NetGuest other)
    {
        for (int i = 0; one.Work() | other.Work(); i++) i.Should().BeLessThan(10_000, "work comes to an end");
    }

    /// <summary>Rings a doorbell whether it is asked for or not.</summary>
    public void RingSend() => Driver.Ring(_send.Number);

    /// <summary>The receive queue, for a driver of another kind.</summary>
    public VirtqueueDriver ReceiveQueue => _receive.Queue;

    /// <summary>The transmit queue, for a driver that breaks the rules.</summary>
    public VirtqueueDriver SendQueue => _send.Queue;

    /// <summary>Whether the device interrupted since the last time, by its ISR status.</summary>
    internal VirtioIsr TakeInterrupts() => (VirtioIsr)Driver.Read(VirtioDriver.Isr, 1);

    public void Dispose() => Test.Dispose();

    private static bool TryOffer(Side side, ulong area, int[] pieces, bool write)
    {
        if (!side.Free.TryDequeue(out ushort head)) return false;
        ulong at = area + (ulong)head / Pieces * Stride;
        for (int i = 0; i < pieces.Length; i++)
        {
            bool more = i + 1 < pieces.Length;
            side.Queue.Describe(head + i, at, (uint)pieces[i], (more ? 1 : 0) | (write ? 2 : 0), more ? head + i + 1 : 0);
            at += (ulong)pieces[i];
        }
        side.Buffers.Add(head, pieces);
        side.Queue.Publish(head);
        return true;
    }

    private byte[] Take(Side side, ulong area, (uint Head, uint Written) used)
    {
        side.Buffers.Remove((ushort)used.Head, out int[]? pieces).Should().BeTrue("{0} was offered", used.Head);
        int size = 0;
        foreach (int piece in pieces!) size += piece;
        ((int)used.Written).Should().BeLessThanOrEqualTo(size);
        side.Free.Enqueue((ushort)used.Head);
        return Test.Memory.Slice((int)area + (int)used.Head / Pieces * Stride, (int)used.Written).ToArray();
    }

    private void RingIfAsked(Side side)
    {
        ushort now = side.Queue.AvailableIndex, before = side.Rung;
        side.Rung = now;
        bool asked = _hasEventIndex
            ? (ushort)(now - side.Queue.AvailableEvent - 1) < (ushort)(now - before)
            : (side.Queue.UsedFlags & 1) == 0;
        if (!asked) return;
        Doorbells++;
        Driver.Ring(side.Number);
    }
}
