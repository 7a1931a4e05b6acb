using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// Finds the method that an interface call means. The compiler makes a cell for each call site and calls what its first word holds,
/// RhpInitialDynamicInterfaceDispatch (Dispatch.asm), with the cell's address in R11; that looks into <see cref="DispatchCache"/> and then
/// asks here.
/// </summary>
internal static unsafe class InitialInterfaceDispatch
{
    /// <summary>The address of the method that <paramref name="instance"/> has for the cell's interface and slot.</summary>
    [RuntimeExport("InterfaceDispatchResolve")]
    private static void* Resolve(object instance, DispatchCell* cell)
    {
        MethodTable* interfaceType = cell->InterfaceType;
        ushort slot = cell->Slot;
        void* target = Find(instance.ObjectType, interfaceType, slot);
        if (target == null)
        {
            Fault.Raise(FaultReason.InvalidCast);
        }

        DispatchCache.Add(instance.ObjectType, cell, target);
        return target;
    }

    /// <summary>The method, or null if the type does not implement the interface.</summary>
    internal static void* Find(MethodTable* type, MethodTable* interfaceType, ushort slot)
    {
        void* target = Find(type, interfaceType, slot, exactly: true);
        return target != null || !interfaceType->HasVariance
            ? target
            : Find(type, interfaceType, slot, exactly: false);
    }

    private static void* Find(MethodTable* type, MethodTable* interfaceType, ushort slot, bool exactly)
    {
        for (MethodTable* current = type; current != null; current = current->BaseForDispatch)
        {
            DispatchMap* map = current->DispatchMap;
            if (map == null)
            {
                continue;
            }

            DispatchMapEntry* entries = DispatchMap.Entries(map);
            for (uint i = 0; i < map->Count; i++)
            {
                if (entries[i].InterfaceSlot != slot)
                {
                    continue;
                }

                MethodTable* candidate = current->Interfaces[entries[i].Interface];
                if (exactly ? candidate == interfaceType : TypeCast.IsVariantOf(candidate, interfaceType))
                {
                    return type->Method(entries[i].Slot);
                }
            }
        }

        return null;
    }
}
