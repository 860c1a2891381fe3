select U&'a;
