using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// SHA-256 (FIPS 180-4, 6.2) of bytes that come piece by piece. To be made at boot: it allocates what it works in, and nothing after
/// that. One message at a time; <see cref="Start"/> begins the next. Plain integer code, as floating-point registers are not the hypervisor's.
/// </summary>
public sealed class Sha256
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int DigestLength = FileDigest.Length;

    private const int BlockLength = 64;
    private const int WordsInBlock = BlockLength / sizeof(uint);
    private const int RoundsInStep = 8;
    private const int WordsInStep = 4;

    /// <summary>The bytes that the padding ends with: the message's length in bits.</summary>
    private const int LengthField = sizeof(ulong);

    /// <summary>The first byte of the padding, a one bit.</summary>
    private const byte PaddingMark = 0x80;

    /// <summary>FIPS 180-4, 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] RoundConstants =
    [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ];

    /// <summary>FIPS 180-4, 5.3.3: the first 32 bits of the fractions of the square roots of the first eight primes.</summary>
    private static readonly uint[] InitialState =
        [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19];

    private readonly uint[] _state = new uint[InitialState.Length];
    private readonly uint[] _schedule = new uint[RoundConstants.Length];
    private readonly byte[] _pending = new byte[BlockLength];
    private ulong _length;

    /// <summary>Ready for the first message.</summary>
    public Sha256() => Start();

    /// <summary>Begins a message; what was added of another is forgotten.</summary>
    public void Start()
    {
        InitialState.AsSpan().CopyTo(_state);
        _length = 0;
    }

    /// <summary>Adds bytes behind those added before.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        int held = (int)(_length % BlockLength);
        _length += (ulong)data.Length;
        if (held != 0)
        {
            int taken = Math.Min(BlockLength - held, data.Length);
            data.Slice(0, taken).CopyTo(_pending.AsSpan(held));
            data = data.Slice(taken);
            if (held + taken < BlockLength)
                return;
            AddBlock(_pending);
        }

        while (data.Length >= BlockLength)
        {
            AddBlock(data.Slice(0, BlockLength));
            data = data.Slice(BlockLength);
        }

        data.CopyTo(_pending);
    }

    /// <summary>Ends the message and writes its digest to the first <see cref="DigestLength"/> bytes of <paramref name="digest"/>; then <see cref="Start"/> is due.</summary>
    public void Finish(Span<byte> digest)
    {
        Span<byte> pending = _pending;
        int held = (int)(_length % BlockLength);
        pending[held] = PaddingMark;
        pending.Slice(held + 1).Clear();
        if (held + 1 > BlockLength - LengthField)
        {
            AddBlock(pending);
            pending.Clear();
        }

        BinaryPrimitives.WriteUInt64BigEndian(pending.Slice(BlockLength - LengthField), _length * 8);
        AddBlock(pending);
        for (int i = 0; i < _state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest.Slice(i * sizeof(uint)), _state[i]);
    }

    /// <summary>FIPS 180-4, 6.2.2. Instead of moving the eight variables on by one each round, eight rounds name them in turn.</summary>
    private void AddBlock(ReadOnlySpan<byte> block)
    {
        PrepareSchedule(block);
        uint[] state = _state;
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < RoundConstants.Length; i += RoundsInStep)
        {
            ReadOnlySpan<uint> k = new(RoundConstants, i, RoundsInStep);
            ReadOnlySpan<uint> w = new(_schedule, i, RoundsInStep);
            h += k[0] + w[0] + Choose(e, f, g) + LargeSigma1(e);
            d += h;
            h += LargeSigma0(a) + Majority(a, b, c);
            g += k[1] + w[1] + Choose(d, e, f) + LargeSigma1(d);
            c += g;
            g += LargeSigma0(h) + Majority(h, a, b);
            f += k[2] + w[2] + Choose(c, d, e) + LargeSigma1(c);
            b += f;
            f += LargeSigma0(g) + Majority(g, h, a);
            e += k[3] + w[3] + Choose(b, c, d) + LargeSigma1(b);
            a += e;
            e += LargeSigma0(f) + Majority(f, g, h);
            d += k[4] + w[4] + Choose(a, b, c) + LargeSigma1(a);
            h += d;
            d += LargeSigma0(e) + Majority(e, f, g);
            c += k[5] + w[5] + Choose(h, a, b) + LargeSigma1(h);
            g += c;
            c += LargeSigma0(d) + Majority(d, e, f);
            b += k[6] + w[6] + Choose(g, h, a) + LargeSigma1(g);
            f += b;
            b += LargeSigma0(c) + Majority(c, d, e);
            a += k[7] + w[7] + Choose(f, g, h) + LargeSigma1(f);
            e += a;
            a += LargeSigma0(b) + Majority(b, c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private void PrepareSchedule(ReadOnlySpan<byte> block)
    {
        Span<uint> schedule = _schedule;
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(block);
        for (int i = 0; i < words.Length; i++)
            schedule[i] = BinaryPrimitives.ReverseEndianness(words[i]);
        // Four words a step, so that a slice is checked once for them.
        for (int i = 0; i < schedule.Length - WordsInBlock; i += WordsInStep)
        {
            Span<uint> w = schedule.Slice(i, WordsInBlock + WordsInStep);
            w[16] = SmallSigma1(w[14]) + w[9] + SmallSigma0(w[1]) + w[0];
            w[17] = SmallSigma1(w[15]) + w[10] + SmallSigma0(w[2]) + w[1];
            w[18] = SmallSigma1(w[16]) + w[11] + SmallSigma0(w[3]) + w[2];
            w[19] = SmallSigma1(w[17]) + w[12] + SmallSigma0(w[4]) + w[3];
        }
    }

    // FIPS 180-4, 4.1.2, in forms that take fewer instructions.

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Majority(uint x, uint y, uint z) => (x & y) + (z & (x ^ y));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LargeSigma0(uint x) =>
        BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(x, 22 - 13) ^ x, 13 - 2) ^ x, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LargeSigma1(uint x) =>
        BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(x, 25 - 11) ^ x, 11 - 6) ^ x, 6);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma0(uint x) => BitOperations.RotateRight(BitOperations.RotateRight(x, 18 - 7) ^ x, 7) ^ (x >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma1(uint x) => BitOperations.RotateRight(BitOperations.RotateRight(x, 19 - 17) ^ x, 17) ^ (x >> 10);
}
