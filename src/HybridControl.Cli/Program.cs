using HybridControl.Cli;

using var stop = new StopSignal();
return CommandLine.Run(args, Terminal.Standard(), stop.Token);
