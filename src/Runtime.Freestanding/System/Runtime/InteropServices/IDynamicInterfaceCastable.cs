using Internal.Runtime;

namespace System.Runtime.InteropServices;

/// <summary>The compiler asks for this type and its method; objects that invent interfaces at run time are not supported.</summary>
public unsafe interface IDynamicInterfaceCastable
{
    internal static nint GetDynamicInterfaceImplementation(IDynamicInterfaceCastable instance, MethodTable* interfaceType, ushort slot) => 0;
}
