namespace Lamina.Boot;

/// <summary>A file that came with the image.</summary>
public readonly struct BootFile
{
    /// <summary>HPA of the first byte, page aligned.</summary>
    public readonly ulong Address;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length;

    /// <summary>Describes <paramref name="length"/> bytes at the HPA <paramref name="address"/>.</summary>
    public BootFile(ulong address, ulong length)
    {
        Address = address;
        Length = length;
    }
}
