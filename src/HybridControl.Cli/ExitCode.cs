namespace HybridControl.Cli;

/// <summary>What the process tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The run ended in an error; what was computed up to then is kept and reported.</summary>
    public const int RunFailed = 1;

    /// <summary>The command line cannot be understood, or an option does not fit the model.</summary>
    public const int BadUsage = 2;

    /// <summary>A model or file cannot be read, has errors, or cannot be written.</summary>
    public const int BadFile = 3;

    /// <summary>A requirement is violated.</summary>
    public const int Violated = 4;

    /// <summary>A requirement is undecided: the run ends before an interval of it does.</summary>
    public const int Undecided = 5;

    /// <summary>A fault of the program itself.</summary>
    public const int Internal = 70;

    /// <summary>Stopped by Ctrl-C or a request to terminate; what was computed up to then is kept and reported.</summary>
    public const int Cancelled = 130;

    /// <summary>The list for help texts.</summary>
    public const string Description =
        "Exit codes: 0 done; 1 the run ended in an error, the result up to then is kept; 2 bad command line or option; " +
        "3 bad model or file; 4 a requirement is violated; 5 a requirement is undecided; 70 fault of the program; 130 stopped by Ctrl-C, the result up to then is kept.";
}
