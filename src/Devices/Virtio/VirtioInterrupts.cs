namespace Lamina.Devices;

/// <summary>
/// How a virtio function interrupts its guest (virtio 1.2, 4.1.5.1): by MSI-X when the guest has switched that on, else by its pin, with the ISR status that says what for.
/// </summary>
internal sealed class VirtioInterrupts(PciFunction function, MsixTable msix)
{
    /// <summary>VIRTIO_MSI_NO_VECTOR: what has this vector does not interrupt.</summary>
    public const ushort NoVector = 0xFFFF;

    private VirtioIsr _isr;
    private ushort _configVector = NoVector;

    /// <summary>The vector of configuration changes.</summary>
    public ushort ConfigVector
    {
        get => _configVector;
        set => _configVector = VectorOf(value);
    }

    /// <summary>A vector as the guest gave it, or <see cref="NoVector"/> when there is none of that number: so the guest sees that it did not get it (4.1.5.1.2.1).</summary>
    public ushort VectorOf(ushort vector) => vector < msix.Count ? vector : NoVector;

    /// <summary>A queue has used buffers to show.</summary>
    public void RaiseQueue(ushort vector) => Raise(vector, VirtioIsr.Queue);

    /// <summary>The configuration has changed, or the device needs a reset.</summary>
    public void RaiseConfig() => Raise(_configVector, VirtioIsr.Configuration);

    /// <summary>The guest reads ISR status, which clears it and takes back the pin's interrupt (4.1.4.5).</summary>
    public VirtioIsr TakeIsr()
    {
        var isr = _isr;
        _isr = VirtioIsr.None;
        function.SetInterrupt(false);
        return isr;
    }

    /// <summary>As after the device's reset.</summary>
    public void Reset()
    {
        _configVector = NoVector;
        TakeIsr();
    }

    /// <summary>The guest has switched MSI-X on or off: the pin follows.</summary>
    public void MsixChanged() => function.SetInterrupt(_isr != VirtioIsr.None && !msix.IsEnabled);

    private void Raise(ushort vector, VirtioIsr cause)
    {
        if (msix.IsEnabled)
        {
            msix.Raise(vector);
            return;
        }
        _isr |= cause;
        function.SetInterrupt(true);
    }
}
