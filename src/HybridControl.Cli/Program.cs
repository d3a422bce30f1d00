System.Console.WriteLine("hybrid");
