using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// The sixteen general-purpose registers of a vCPU, 64 bits each, in the order in which instructions encode them
/// (AMD APM vol. 3, table 1-9; Intel SDM vol. 2, table 2-4). The world switch loads and stores them at these offsets.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct GeneralRegisters
{
    /// <summary>How many registers there are.</summary>
    public const int Count = 16;

    /// <summary>A register by name; the 32-, 16- and 8-bit names are its low parts.</summary>
    public ulong Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15;

    /// <summary>The register of an encoding, 0 (RAX) to 15 (R15); the number is taken modulo 16.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref ulong this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref Rax, number & (Count - 1));
    }
}
