namespace HybridControl.Neural.Autodiff;

/// <summary>One record of the tape.</summary>
internal struct TapeNode
{
    /// <summary>The rule, or null for a leaf or another view of an earlier node.</summary>
    public Operation? Operation;

    /// <summary>Where value and adjoint begin in their arenas.</summary>
    public int Offset;

    /// <summary>Extent.</summary>
    public Shape Shape;

    /// <summary>Where the list of inputs begins.</summary>
    public int FirstInput;

    /// <summary>Whether the adjoint matters.</summary>
    public bool WantsGradient;

    /// <summary>Settings of this use of the operation.</summary>
    public OperationSettings Settings;
}
