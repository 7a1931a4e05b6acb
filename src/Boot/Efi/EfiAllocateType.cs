namespace Lamina.Boot;

/// <summary>EFI_ALLOCATE_TYPE (UEFI 2.10, 7.2.1).</summary>
public enum EfiAllocateType : uint
{
    /// <summary>Anywhere.</summary>
    AnyPages = 0,
}
