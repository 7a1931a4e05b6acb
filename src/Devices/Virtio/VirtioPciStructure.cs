namespace Lamina.Devices;

/// <summary>The structures of a virtio function: cfg_type (virtio 1.2, 4.1.4).</summary>
internal enum VirtioPciStructure : byte
{
    /// <summary>The common configuration.</summary>
    Common = 1,
    /// <summary>Doorbells.</summary>
    Notify = 2,
    /// <summary>ISR status.</summary>
    Isr = 3,
    /// <summary>The configuration of the type of device.</summary>
    Device = 4,
    /// <summary>The way through configuration space.</summary>
    Access = 5,
}
