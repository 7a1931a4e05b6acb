using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>XMM0 to XMM5 of a guest while C# runs, which may use these and no others.</summary>
[StructLayout(LayoutKind.Sequential, Size = 6 * 16)]
public struct VectorRegisters;
