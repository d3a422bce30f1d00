namespace HybridControl.Automata;

/// <summary>The kinds of <see cref="ZenoPolicy"/>.</summary>
public enum ZenoAction
{
    /// <summary>The run ends as an error.</summary>
    Throw,

    /// <summary>The run ends in good order.</summary>
    Stop,

    /// <summary>The run goes on after a warning.</summary>
    Continue,

    /// <summary>The run jumps to a mode at the predicted accumulation time.</summary>
    GoTo,
}
