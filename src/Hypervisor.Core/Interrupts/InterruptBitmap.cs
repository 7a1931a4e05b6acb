using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// One bit a vector, as IRR, ISR and TMR hold them (AMD APM vol. 2, 16.6.2; Intel SDM vol. 3, 11.8.4). The highest vector is found in a few instructions.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct InterruptBitmap
{
    private ulong _vectors0To63, _vectors64To127, _vectors128To191, _vectors192To255;

    /// <summary>What <see cref="Highest"/> says of an empty map.</summary>
    public const int None = -1;

    /// <summary>The highest vector whose bit is set, or <see cref="None"/>.</summary>
    public readonly int Highest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_vectors192To255 != 0) return 192 + BitOperations.Log2(_vectors192To255);
            if (_vectors128To191 != 0) return 128 + BitOperations.Log2(_vectors128To191);
            if (_vectors64To127 != 0) return 64 + BitOperations.Log2(_vectors64To127);
            if (_vectors0To63 != 0) return BitOperations.Log2(_vectors0To63);
            return None;
        }
    }

    /// <summary>Whether a vector's bit is set.</summary>
    public bool this[byte vector]
    {
        readonly get => (Unsafe.AsRef(in this).Quarter(vector) >> (vector & 63) & 1) != 0;
        set
        {
            ulong bit = 1UL << (vector & 63);
            ref ulong quarter = ref Quarter(vector);
            quarter = value ? quarter | bit : quarter & ~bit;
        }
    }

    /// <summary>32 vectors as a register shows them: <paramref name="index"/> 0 (vectors 0 to 31) to 7; taken modulo 8.</summary>
    public readonly uint Register(int index) => (uint)(Unsafe.AsRef(in this).Quarter((byte)(index << 5)) >> (index & 1) * 32);

    /// <summary>The 64 bits in which a vector's is. Bounds: a byte's upper two bits are 0 to 3.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Quarter(byte vector) => ref Unsafe.Add(ref _vectors0To63, vector >> 6);
}
