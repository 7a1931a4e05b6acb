using System.Numerics;
using System.Threading;

namespace Lamina.Core;

/// <summary>
/// How a vCPU reaches its VM's devices from another CPU than theirs. What it reads and writes there is put into a ring, and the VM's CPU carries it out as the VM's own work, in
/// order. So a device is only ever touched by its VM's CPU, and needs no lock.
/// <para>
/// The write of a port where nobody could tell (<see cref="Device.PostsWrite"/>) is posted: the vCPU runs on. For all else it waits (<see cref="VcpuActivity.WaitingForDevice"/>), and its CPU is others' meanwhile.
/// For what it reads, and for ports, it waits within the instruction: when the answer is there, the exit is handled once more from its beginning, and now finds here what it had asked for. For what it writes to memory it
/// waits when the instruction is complete: what it does next, giving back a lock to another vCPU above all, comes after that at the device too.
/// </para>
/// <para>
/// The rule: the vCPU's CPU produces, the VM's CPU consumes. Each writes its own index alone, last of all (release), and reads the other's first (acquire). <c>_isAwaited</c> is
/// set by the vCPU's CPU after what it waits for is in the ring, and before it tells the other; the other takes it before it looks into the ring. <c>_isTold</c> says that the other
/// knows and has not begun: until its VM's turn comes it is not interrupted once more. All is reset while none of them works.
/// </para>
/// </summary>
public sealed class DeviceRequests
{
    /// <summary>How much can be under way.</summary>
    public const int Capacity = 8;

    /// <summary>OUTS reads an operand of so many pieces, and writes a port.</summary>
    private const int MostAnswers = OperandLocation.MostPieces + 1;

    private const int VectorWords = 4, VectorsInWord = 64;

    private struct Request
    {
        public ulong Address;
        public ulong Value;
        public byte Size;
        public DeviceAccessKind Kind;
    }

    private readonly VirtualCpu _vcpu;
    private readonly Request[] _ring = new Request[Capacity];
    private readonly ulong[] _answers = new ulong[MostAnswers];
    private readonly ulong[] _ended = new ulong[VectorWords], _ending = new ulong[VectorWords];
    private readonly Mail _toDevices, _toVcpu;
    private readonly Work _work;
    private uint _tail;
    private uint _head;
    private int _isAwaited, _isTold;
    private int _answerCount;
    private int _answersUsed;
    private bool _isForAnswer, _isComplete;

    /// <summary>Those of a vCPU.</summary>
    public DeviceRequests(VirtualCpu vcpu)
    {
        _vcpu = vcpu;
        _work = new Work(this);
        _toDevices = new Mail(this, isToVcpu: false);
        _toVcpu = new Mail(this, isToVcpu: true);
    }

    /// <summary>vCPU's CPU: whether all that it has asked for is done.</summary>
    public bool AreDone => Volatile.Read(ref _head) == _tail;

    /// <summary>vCPU's CPU: whether the instruction has been answered something.</summary>
    public bool HasAnswer => _answerCount != 0;

    /// <summary>
    /// vCPU's CPU: an access that it waits for. True, and its value where it reads, when the answer is there; false when the vCPU has to wait for it, and the instruction must leave all as it is.
    /// </summary>
    /// <param name="kind">What; not <see cref="DeviceAccessKind.WriteMemory"/>.</param>
    /// <param name="address">A GPA where nobody but a device can be, or a port.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="value">What is written, or what was read.</param>
    public bool TryAccess(DeviceAccessKind kind, ulong address, int size, ref ulong value)
    {
        if (_answersUsed < _answerCount)
        {
            value = _answers[_answersUsed++];
            return true;
        }
        _isForAnswer = HasRoomFor(1);
        if (_isForAnswer) Put(kind, address, size, value);
        Await();
        return false;
    }

    /// <summary>
    /// vCPU's CPU: a write that it does not wait for within the instruction. False when the vCPU has to wait for room: the instruction must leave all as it is.
    /// </summary>
    /// <param name="kind">What: a write.</param>
    /// <param name="address">A GPA where nobody but a device can be, or a port.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="value">What is written.</param>
    public bool TryPost(DeviceAccessKind kind, ulong address, int size, ulong value)
    {
        if (!TryReserve(1)) return false;
        Put(kind, address, size, value);
        Tell();
        return true;
    }

    /// <summary>vCPU's CPU: so many writes will find room. False when the vCPU has to wait for that: the instruction must leave all as it is.</summary>
    public bool TryReserve(int count)
    {
        if (HasRoomFor(count)) return true;
        _isForAnswer = false;
        Await();
        return false;
    }

    /// <summary>vCPU's CPU: the end of a level-triggered interrupt, for whoever waits for it. Posted, however much is under way.</summary>
    public void PostEndOfInterrupt(byte vector)
    {
        AtomicBits.Set(ref _ended[vector / VectorsInWord], 1UL << vector);
        Tell();
    }

    /// <summary>vCPU's CPU: the instruction is complete, and what it has written must be done before the next one.</summary>
    public void AwaitWrites()
    {
        if (AreDone) return;
        _isComplete = true;
        Await();
    }

    /// <summary>vCPU's CPU: what it waited for is done. Whether that was all, as the instruction is complete; else its exit is handled once more, after <see cref="Resume"/>.</summary>
    public bool TakeComplete()
    {
        bool isComplete = _isComplete;
        _isComplete = false;
        return isComplete;
    }

    /// <summary>vCPU's CPU: what it waited for is done, and the exit is handled once more.</summary>
    public void Resume()
    {
        if (_isForAnswer) _answers[_answerCount++] = _ring[(_tail - 1) % Capacity].Value;
        _isForAnswer = false;
        _answersUsed = 0;
    }

    /// <summary>vCPU's CPU: the instruction, or one element of a string, is done; or it is not gone on with.</summary>
    public void Forget()
    {
        _answerCount = 0;
        _answersUsed = 0;
        _isComplete = false;
    }

    /// <summary>RESET. While no vCPU of the VM runs.</summary>
    public void Reset()
    {
        _tail = 0;
        _head = 0;
        _isAwaited = 0;
        _isTold = 0;
        _isForAnswer = false;
        System.Array.Clear(_ended);
        Forget();
    }

    /// <summary>VM's CPU, when the VM has come home: of what it was told while it was not, nothing was done.</summary>
    internal void LookAgain()
    {
        if (Volatile.Read(ref _isTold) != 0) _vcpu.Machine.Post(_work);
    }

    private bool HasRoomFor(int count) => _tail - Volatile.Read(ref _head) <= Capacity - count;

    private void Put(DeviceAccessKind kind, ulong address, int size, ulong value)
    {
        _ring[_tail % Capacity] = new Request { Kind = kind, Address = address, Size = (byte)size, Value = value };
        Volatile.Write(ref _tail, _tail + 1);
    }

    private void Await()
    {
        Interlocked.Exchange(ref _isAwaited, 1);
        _vcpu.Activity = VcpuActivity.WaitingForDevice;
        Tell();
    }

    private void Tell()
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0) _vcpu.Machine.Cpu.Send(_toDevices);
    }

    // The VM's CPU, as its work: its host table is loaded, and a fault is its own.
    private void CarryOut()
    {
        Interlocked.Exchange(ref _isTold, 0);
        bool isAwaited = Interlocked.Exchange(ref _isAwaited, 0) != 0;
        // Before the ring is looked into: what the guest wrote before an interrupt's end is done before that.
        for (int i = 0; i < VectorWords; i++) _ending[i] = Volatile.Read(ref _ended[i]) == 0 ? 0 : AtomicBits.Take(ref _ended[i]);
        uint tail = Volatile.Read(ref _tail);
        while (_head != tail)
        {
            ref var request = ref _ring[_head % Capacity];
            CarryOut(ref request);
            Volatile.Write(ref _head, _head + 1);
        }
        for (int i = 0; i < VectorWords; i++)
        {
            for (ulong vectors = _ending[i]; vectors != 0; vectors &= vectors - 1)
                _vcpu.Machine.Interrupts.EndOfInterruptListener?.EndOfInterrupt((byte)(i * VectorsInWord + BitOperations.TrailingZeroCount(vectors)));
        }
        if (isAwaited) _vcpu.Cpu.Send(_toVcpu);
    }

    private void CarryOut(ref Request request)
    {
        var machine = _vcpu.Machine;
        switch (request.Kind)
        {
            case DeviceAccessKind.ReadMemory: request.Value = PhysicalBus.ReadDevice(machine, request.Address, request.Size); break;
            case DeviceAccessKind.WriteMemory: PhysicalBus.WriteDevice(machine, request.Address, request.Size, request.Value); break;
            case DeviceAccessKind.ReadPort: request.Value = PortSpace.ReadDevice(machine, (ushort)request.Address, request.Size); break;
            default: PortSpace.WriteDevice(machine, (ushort)request.Address, request.Size, (uint)request.Value); break;
        }
    }

    private sealed class Work(DeviceRequests requests) : VmWork
    {
        protected override void Run() => requests.CarryOut();
    }

    private sealed class Mail(DeviceRequests requests, bool isToVcpu) : CpuWork
    {
        public override void Run(Cpu cpu)
        {
            var vcpu = requests._vcpu;
            // Whoever is not at home looks when it comes home, or is reset before.
            if (!isToVcpu)
            {
                if (vcpu.Machine.IsAtHome) vcpu.Machine.Post(requests._work);
            }
            else if (vcpu.IsScheduled && vcpu.Activity == VcpuActivity.WaitingForDevice) vcpu.Kick();
        }
    }
}
