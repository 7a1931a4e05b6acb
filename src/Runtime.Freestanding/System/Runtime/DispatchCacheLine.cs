using Internal.Runtime;

namespace System.Runtime;

/// <summary>One line of <see cref="DispatchCache"/>; Dispatch.asm knows its layout.</summary>
internal unsafe struct DispatchCacheLine
{
    internal MethodTable* Type;
    internal DispatchCell* Cell;
    internal void* Target;
}
