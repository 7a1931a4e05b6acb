namespace Lamina.Core;

/// <summary>What follows when a VM has ended. A reset that the guest asks for is no end: the VM starts over whatever this says.</summary>
public enum RestartPolicy : byte
{
    /// <summary>A VM that has ended stays ended.</summary>
    Never = 0,

    /// <summary>It starts again if the hypervisor ended it (triple fault, an instruction that is not emulated), not if it powered off.</summary>
    OnFailure = 1,

    /// <summary>It starts again however it ended.</summary>
    Always = 2,
}
