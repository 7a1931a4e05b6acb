using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// One bit a vector, as IRR, ISR and TMR hold them: eight registers of 32 bits, each at the start of 16 bytes (AMD APM vol. 2, 16.6.2; Intel SDM vol. 3,
/// 11.8.4).
/// <para>
/// Nearly always at most one bit is set, and that no other is has to be found out quickly. So bytes between the first two registers, which no access of
/// hardware's reaches, count the bits; whoever lets hardware set some calls <see cref="ForgetCount"/> afterwards.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = RegisterCount * RegisterStride)]
public struct InterruptBitmap
{
    private const int RegisterCount = 8, RegisterStride = 16;
    private const int VectorsInRegister = 32;

    [FieldOffset(0)] private uint _vectors0To31;
    /// <summary>No more bits than that are set. (An MSR's read takes 8 bytes from a register's offset: this is behind them.)</summary>
    [FieldOffset(8)] private uint _mostSet;

    /// <summary>What <see cref="Highest"/> says of an empty map.</summary>
    public const int None = -1;

    /// <summary>The highest vector whose bit is set, or <see cref="None"/>.</summary>
    public readonly int Highest => _mostSet == 0 ? None : FindHighest();

    /// <summary>Whether a vector's bit is set.</summary>
    public bool this[byte vector]
    {
        readonly get => (Unsafe.AsRef(in this).RegisterOf(vector) & 1u << vector) != 0;
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => Change(vector, value);
    }

    /// <summary>Sets or clears a vector's bit. False when it was so already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Change(byte vector, bool value)
    {
        ref uint register = ref RegisterOf(vector);
        uint changed = value ? register | 1u << vector : register & ~(1u << vector);
        if (changed == register) return false;
        register = changed;
        _mostSet += value ? 1 : uint.MaxValue;
        return true;
    }

    /// <summary>32 vectors as a register shows them: <paramref name="index"/> 0 (vectors 0 to 31) to 7; taken modulo 8.</summary>
    public readonly uint Register(int index) => Unsafe.AsRef(in this).RegisterOf((byte)(index * VectorsInRegister));

    /// <summary>Hardware may have set bits: the next look is at every register.</summary>
    public void ForgetCount() => _mostSet = RegisterCount * VectorsInRegister;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int FindHighest()
    {
        for (int index = RegisterCount - 1; index >= 0; index--)
        {
            uint vectors = Register(index);
            if (vectors != 0) return index * VectorsInRegister + BitOperations.Log2(vectors);
        }
        return None;
    }

    /// <summary>The register in which a vector's bit is. Bounds: a byte's upper three bits are 0 to 7.</summary>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref uint RegisterOf(byte vector) =>
        ref Unsafe.AddByteOffset(ref _vectors0To31, (nuint)((uint)vector / VectorsInRegister * RegisterStride));
}
