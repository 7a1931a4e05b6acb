namespace Lamina.Core;

/// <summary>The bits of XCR0: components of the state that XSAVE keeps (AMD APM vol. 2, 11.5.2; Intel SDM vol. 1, 13.1).</summary>
public static class XsaveComponents
{
    /// <summary>x87, always on.</summary>
    public const ulong X87 = 1 << 0;
    /// <summary>XMM registers and MXCSR.</summary>
    public const ulong Sse = 1 << 1;
    /// <summary>The upper halves of the YMM registers.</summary>
    public const ulong Avx = 1 << 2;
    /// <summary>PKRU.</summary>
    public const ulong ProtectionKeys = 1 << 9;
}
