namespace Internal.Runtime;

/// <summary>One line of a <see cref="DispatchMap"/>.</summary>
internal struct DispatchMapEntry
{
    /// <summary>Which of the type's interfaces.</summary>
    internal ushort Interface;

    /// <summary>Which method of it.</summary>
    internal ushort InterfaceSlot;

    /// <summary>Which slot of the type implements it.</summary>
    internal ushort Slot;
}
