using System;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// Fetches and decodes the instruction at a vCPU's RIP, allocating nothing: Iced's decoders, one for each bitness, are made with the vCPU and
/// read from one buffer. Before them come a look at plain bytes (<see cref="PlainLength"/>) and the instructions that were decoded lately.
/// </summary>
internal sealed unsafe class InstructionDecoder
{
    private const int PageShift = 12;
    private const int MostCodePages = 8;
    private const int MostDecoded = 8;

    private readonly VcpuState _state;
    private readonly GuestMemory _ram;
    private readonly OperandMemory _memory;
    private readonly InstructionBytes _bytes = new();
    private readonly Decoder _decoder16, _decoder32, _decoder64;
    private readonly CodePage[] _codePages = new CodePage[MostCodePages];
    private readonly DecodedInstruction[] _decoded = new DecodedInstruction[MostDecoded];
    private int _lastLength;

    /// <summary>Decoders for a vCPU; made at boot, with all that Iced needs.</summary>
    public InstructionDecoder(VirtualCpu vcpu, OperandMemory memory)
    {
        _state = vcpu.State;
        _ram = vcpu.Machine.Memory;
        _memory = memory;
        // AMD's on both: LOCK MOV CR0 is how 32-bit code reaches CR8 there (APM vol. 3, "MOV CRn"), and #UD on Intel's CPUs, so that it never comes
        // here. The other differences are lengths of branches, and no branch comes here that meets a device.
        _decoder16 = Decoder.Create(16, _bytes, DecoderOptions.AMD);
        _decoder32 = Decoder.Create(32, _bytes, DecoderOptions.AMD);
        _decoder64 = Decoder.Create(64, _bytes, DecoderOptions.AMD);
        for (int i = 0; i < MostCodePages; i++) _codePages[i] = new CodePage();
        for (int i = 0; i < MostDecoded; i++) _decoded[i] = new DecodedInstruction();
    }

    /// <summary>The bytes of the last instruction that was looked at; if it could not be decoded, all that were fetched.</summary>
    public ReadOnlySpan<byte> LastInstruction => _bytes.First(_lastLength);

    /// <summary>Whether the guest runs 64-bit code: found on the way by <see cref="Decode"/>.</summary>
    public bool Is64Bit { get; private set; }

    /// <summary>
    /// The length of the instruction at RIP when its bytes are plainly (no prefix) what <paramref name="kind"/> exits for; else 0: decode it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PlainLength(VmExitKind kind)
    {
        if (!_codePages[(int)(_state.Rip >> PageShift) & (MostCodePages - 1)].TryLocate(_state, sizeof(uint), out byte* code)) return 0;
        return PlainInstruction.Length(kind, Unsafe.ReadUnaligned<uint>(code));
    }

    /// <summary>
    /// Fetches and decodes. <see cref="OperandMemory.Load"/> need not have been called before.
    /// <paramref name="fetch"/> is the walk to the instruction when nothing could be fetched.
    /// </summary>
    public DecodeStatus Decode(in VmExit exit, out DecodedInstruction decoded, out PageWalk fetch)
    {
        var state = _state;
        ulong rip = state.Rip;
        int bitness = Bitness(state);
        Is64Bit = bitness == 64;
        decoded = _decoded[(int)(rip ^ rip >> 3) & (MostDecoded - 1)];
        _lastLength = InstructionBytes.MostBytes;
        fetch = default;

        var page = _codePages[(int)(rip >> PageShift) & (MostCodePages - 1)];
        if (page.TryLocate(state, InstructionBytes.BufferSize, out byte* code))
            _bytes.Set(Unsafe.ReadUnaligned<ulong>(code), Unsafe.ReadUnaligned<ulong>(code + sizeof(ulong)), InstructionBytes.MostBytes);
        else if (exit.InstructionByteCount == InstructionBytes.MostBytes)
            _bytes.Set(exit.InstructionBytesLow, exit.InstructionBytesHigh, InstructionBytes.MostBytes);
        else
        {
            _memory.Load();
            _bytes.SetCount(_memory.Fetch(_bytes.Clear(), out fetch));
            if (_bytes.Count == 0) return fetch.IsTranslated ? DecodeStatus.Invalid : DecodeStatus.NotFetched;
            if (Is64Bit) page.MoveTo(state, _ram);
        }

        if (!decoded.Is(rip, bitness, _bytes))
        {
            decoded.Forget();
            var decoder = bitness == 64 ? _decoder64 : bitness == 32 ? _decoder32 : _decoder16;
            decoder.IP = rip;
            decoder.Decode(out decoded.Instruction);
            if (decoder.LastError != DecoderError.None)
                return decoder.LastError == DecoderError.NoMoreBytes ? DecodeStatus.NotFetched : DecodeStatus.Invalid;
            decoded.Remember(rip, bitness, _bytes);
        }
        _lastLength = decoded.Instruction.Length;
        return DecodeStatus.Decoded;
    }

    private static int Bitness(VcpuState state)
    {
        // Only 64-bit code has addresses above 4 GiB.
        if (state.Rip > uint.MaxValue || state.Is64Bit) return 64;
        return state.GetSegment(SegmentName.Cs).Has(SegmentAttributes.Default32) ? 32 : 16;
    }
}
